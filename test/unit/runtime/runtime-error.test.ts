import { expect, test } from 'vitest'
import { runtimeError, runtimeMessage } from '../../../src/runtime/runtime-error.ts'

test.each([
  [
    'runc, not in PATH',
    'time="2024-01-01T00:00:00Z" level=error msg="runc run failed: unable to start container process: exec: \\"nope\\": executable file not found in $PATH"\n',
    'oci-not-found',
  ],
  [
    'runc, absolute path',
    'time="2024-01-01T00:00:00Z" level=error msg="runc create failed: exec: \\"/no/such\\": stat /no/such: no such file or directory"',
    'oci-not-found',
  ],
  [
    'runc, a folder',
    'level=warning msg="x"\ntime="2024-01-01T00:00:00Z" level=error msg="runc run failed: unable to start container process: exec: \\"/etc\\": permission denied"',
    'oci-permission-denied',
  ],
  ['crun', 'executable file `nope` not found in $PATH: No such file or directory', 'oci-not-found'],
  ['JSON', '{"level":"error","msg":"open executable: Operation not permitted","time":""}', 'oci-permission-denied'],
  ['anything else', 'container_linux.go: starting container process caused: boom', 'oci-runtime-failed'],
  ['silence', '', 'oci-runtime-failed'],
])('runtimeError %s', (_, output, code) => {
  expect(runtimeError('runc', output)).toMatchObject({ code })
})

test('runtimeMessage unquotes and takes the last error', () => {
  const output =
    'time="a" level=warning msg="ignored"\ntime="b" level=error msg="first"\ntime="c" level=error msg="say \\"hi\\""\n'
  expect(runtimeMessage(output)).toBe('say "hi"')
})

test('runtimeError words it as podman does', () => {
  const output = 'time="x" level=error msg="exec: \\"nope\\": executable file not found in $PATH"'
  expect(runtimeError('runc', output).message).toBe(
    'runc: exec: "nope": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
  )
})
