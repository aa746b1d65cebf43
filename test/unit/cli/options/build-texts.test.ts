import { expect, test } from 'vitest'
import { parseBuildOutput } from '../../../../src/cli/options/build-output.ts'
import { parseBuildSecret, parseSsh } from '../../../../src/cli/options/build-secrets.ts'

test.for([
  ['-', { type: 'tar', path: '-' }],
  ['out', { type: 'local', path: 'out' }],
  ['type=local,dest=out', { type: 'local', path: 'out' }],
  ['dest=-', { type: 'tar', path: '-' }],
  ['type=oci,dest=a.tar', { type: 'oci', path: 'a.tar' }],
  ['type=docker', { type: 'docker', path: '-' }],
  ['type=image,name=x', { type: 'image', name: 'x' }],
  ['type=cacheonly', { type: 'cacheonly' }],
] as const)('parseBuildOutput %s', ([text, output]) => {
  expect(parseBuildOutput(text)).toEqual(output)
})

test.for(['type=local', 'type=local,dest=-', 'type=none', 'type=registry', 'type=image,push=true', 'type=tar,x'])(
  'parseBuildOutput refuses %s',
  (text) => {
    expect(() => parseBuildOutput(text)).toThrow('--output')
  },
)

test('parseBuildSecret reads files and variables', () => {
  process.env['A_SECRET_OF_TESTS'] = 'value'
  expect(parseBuildSecret('id=x,env=A_SECRET_OF_TESTS').read().toString()).toBe('value')
  expect(parseBuildSecret('id=A_SECRET_OF_TESTS').read().toString()).toBe('value')
  expect(
    parseBuildSecret(`id=x,src=${import.meta.filename}`)
      .read()
      .toString(),
  ).toContain('A_SECRET_OF_TESTS')
  for (const text of ['src=/etc/hostname', 'id=x,src=/none', 'id=x,env=NONE_OF_TESTS', 'id=x,other=1']) {
    expect(() => parseBuildSecret(text)).toThrow('incorrect secret flag format')
  }
})

test('parseSsh names sockets and keys', () => {
  expect(parseSsh('default=/run/agent')).toEqual({ id: 'default', paths: ['/run/agent'] })
  expect(parseSsh('x=/a,/b')).toEqual({ id: 'x', paths: ['/a', '/b'] })
})
