import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../../src/base/errors.ts'
import { toCreateOptions } from '../../../../src/cli/options/container.ts'
import { invocationOf, specOf } from '../../../support/container-spec.ts'
import { testSettings } from '../../../support/engine.ts'

const settings = testSettings({ root: '/r', run: '/s' })
const spec = (...words: string[]) => specOf(words, settings)

function failure(...words: string[]): string {
  try {
    spec(...words)
  } catch (error) {
    if (error instanceof EngineError) return `${error.kind}: ${error.message}`
    throw error
  }
  return 'no error'
}

describe('toContainerSpec', () => {
  test('the plainest', () => {
    expect(spec('busybox')).toMatchObject({
      source: { kind: 'image', reference: 'busybox', pull: 'missing' },
      process: { hasTerminal: false, isStdinOpen: false },
      namespaces: {},
      isAutoRemoved: false,
    })
    expect(spec('busybox').process.command).toBeUndefined()
  })

  test('flags end at the image', () => {
    expect(spec('-it', 'busybox', 'ls', '--rm', '-v').process).toMatchObject({
      command: ['ls', '--rm', '-v'],
      hasTerminal: true,
      isStdinOpen: true,
    })
    expect(spec('busybox', '--rm').isAutoRemoved).toBe(false)
  })

  test.each([
    [['--name', '/web', 'i'], { name: 'web' }],
    [['--name=', 'i'], {}],
    [
      ['-m', '64m', '--cpus', '1.5', '--pids-limit', '-1', 'i'],
      { resources: { memoryBytes: 67108864, cpus: 1.5, pidsLimit: -1 } },
    ],
    [['--memory=0', 'i'], { resources: { memoryBytes: 0 } }],
    [
      ['--cap-add', 'net_raw,sys_time', '--cap-drop=all', 'i'],
      { security: { capAdd: ['CAP_NET_RAW', 'CAP_SYS_TIME'], capDrop: ['ALL'] } },
    ],
    [['--security-opt', 'no-new-privileges', 'i'], { security: { noNewPrivileges: true } }],
    [['--security-opt', 'no-new-privileges:false', 'i'], { security: { noNewPrivileges: false } }],
    [
      ['--security-opt=seccomp=unconfined', '--security-opt', 'unmask=ALL', 'i'],
      { security: { seccomp: 'unconfined', unmask: ['ALL'] } },
    ],
    [['--security-opt', 'systempaths=unconfined', 'i'], { security: { unmask: ['ALL'] } }],
    [['--entrypoint', '["/a","b"]', 'i'], { process: { entrypoint: ['/a', 'b'] } }],
    [['--entrypoint', '/a b', 'i'], { process: { entrypoint: ['/a b'] } }],
    [['--entrypoint', '', 'i'], { process: { entrypoint: [''] } }],
    [['--stop-signal', 'quit', '--stop-timeout', '3', 'i'], { stop: { signal: 3, timeoutSeconds: 3 } }],
    [
      ['--log-driver', 'json-file', '--log-opt', 'max-size=10mb', '--log-opt', 'tag=x', '--log-opt', 'z=1', 'i'],
      { log: { driver: 'json-file', maxBytes: 10000000, tag: 'x', options: { z: '1' } } },
    ],
    [
      ['--net', 'none', '--pid=host', '--userns', 'keep-id:uid=7', 'i'],
      { namespaces: { network: { kind: 'none' }, pid: { kind: 'host' }, user: { kind: 'keep-id', uid: 7 } } },
    ],
    [['--label', 'a=b=c', '-l', 'd', 'i'], { labels: { a: 'b=c', d: '' } }],
    [['--rootfs', '/tree:O'], { source: { kind: 'rootfs', path: '/tree', isOverlay: true } }],
    [['--platform', 'linux/arm64', '--pull=newer', 'i'], { source: { platform: 'linux/arm64', pull: 'newer' } }],
    [['--read-only=false', 'i'], { mounts: { isRootReadOnly: false } }],
    [['--rm', '--restart', 'no', 'i'], { isAutoRemoved: true }],
  ] as [string[], object][])('%j', (words, wanted) => expect(spec(...words)).toMatchObject(wanted))

  test.each([
    [[], 'invalid: requires at least 1 arg(s), only received 0'],
    [['--name', 'a b', 'i'], 'invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument'],
    [['--name', 'web/', 'i'], 'invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument'],
    [['--replace', 'i'], 'invalid: cannot replace container without --name being set'],
    [
      ['--rm', '--restart', 'always', 'i'],
      'invalid: the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"',
    ],
    [
      ['--restart', 'always:2', 'i'],
      'invalid: restart policy retries can only be given with on-failure, not with always',
    ],
    [['--restart', 'bogus', 'i'], 'invalid: "bogus" is not a valid restart policy: invalid argument'],
    [['--pull=sometimes', 'i'], 'invalid: unsupported pull policy "sometimes"'],
    [
      ['--platform', 'linux/arm64', '--arch', 'arm64', 'i'],
      'invalid: --platform option can not be specified with --arch or --os',
    ],
    [['--security-opt', 'bogus', 'i'], 'invalid: invalid --security-opt 1: "bogus"'],
    [['--security-opt', 'bogus=1', 'i'], 'invalid: invalid --security-opt 2: "bogus=1"'],
    [['--security-opt', 'toString=1', 'i'], 'invalid: invalid --security-opt 2: "toString=1"'],
    [['--log-opt', 'x', 'i'], 'invalid: invalid log option "x"'],
    [['--log-driver', 'bogus', 'i'], 'invalid: invalid log driver: bogus'],
    [['--annotation', 'x', 'i'], 'invalid: annotations must be formatted KEY=VALUE'],
    [['--label', '=x', 'i'], 'invalid: invalid label format: "=x"'],
    [['--env', '=x', 'i'], 'invalid: invalid variable: "=x"'],
    [['--env-file', '/no/such', 'i'], 'invalid: open /no/such: no such file or directory'],
    [['--workdir', 'rel', 'i'], 'invalid: the working directory "rel" is invalid, it needs to be an absolute path'],
    [['-p', '80:80:80:80', 'i'], 'invalid: invalid port format - format is [[hostIP:]hostPort:]containerPort'],
    [['--network', ':x', 'i'], 'invalid: network name cannot be empty'],
    [['--network', 'none', '--dns', '1.1.1.1', 'i'], 'invalid: conflicting options: dns and the network mode: none'],
    [
      ['--network', 'container:a', '--dns-search', 'b', 'i'],
      'invalid: conflicting options: dns and the network mode: container',
    ],
    [['--umask', '99', 'i'], 'invalid: invalid umask: 99'],
    [
      ['--group-add', 'keep-groups,wheel', 'i'],
      "invalid: the '--group-add keep-groups' option is not allowed with any other --group-add options",
    ],
    [['--oom-score-adj', '2000', 'i'], 'invalid: --oom-score-adj must be between -1000 and 1000, not 2000'],
  ] as [string[], string][])('%j is refused', (words, wanted) => expect(failure(...words)).toBe(wanted))

  test('the environment of this process, by name and by pattern', () => {
    process.env['GANTRY_TEST_ONE'] = '1'
    process.env['GANTRY_TEST_TWO'] = '2'
    try {
      const { environment } = spec('-e', 'GANTRY_TEST_*', '-e', 'GANTRY_TEST_NONE', '-e', 'X=3', 'i').process
      expect(environment).toEqual(expect.arrayContaining(['GANTRY_TEST_ONE=1', 'GANTRY_TEST_TWO=2', 'X=3']))
      expect(environment.some((entry) => entry.startsWith('GANTRY_TEST_NONE'))).toBe(false)
    } finally {
      delete process.env['GANTRY_TEST_ONE']
      delete process.env['GANTRY_TEST_TWO']
    }
  })
})

test('toCreateOptions', () => {
  expect(toCreateOptions(invocationOf(['i']))).toEqual({ isReplacing: false, access: {} })
  expect(
    toCreateOptions(invocationOf(['--replace', '--name', 'x', '--tls-verify=false', '--authfile', '/dev/null', 'i'])),
  ).toEqual({
    isReplacing: true,
    access: { isTlsVerified: false, authFile: '/dev/null' },
  })
})
