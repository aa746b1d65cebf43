// `--mount` of RUN.

import { expect, test } from 'vitest'
import { expandMount } from '../../../src/dockerfile/mount-text.ts'
import { mountBelow, parseRunMount } from '../../../src/dockerfile/run-mount.ts'

test.each([
  ['target=/a', { type: 'bind', target: '/a', isReadOnly: true }],
  [
    'type=bind,from=s,src=x,dst=/a,rw,Z,U',
    { from: 's', source: 'x', isReadOnly: false, relabel: 'private', chowns: true },
  ],
  ['target=/a,readonly=false', { isReadOnly: false }],
  ['target=/a,rshared,nosuid', { options: ['nosuid', 'rshared'] }],
  ['type=cache,target=/c', { type: 'cache', id: '/c', sharing: 'shared', isReadOnly: false }],
  [
    'type=cache,id=x,target=/c,sharing=locked,mode=0750,uid=1,gid=2',
    { id: 'x', sharing: 'locked', mode: 0o750, uid: 1, gid: 2 },
  ],
  ['type=tmpfs,dst=/t,size=64m', { type: 'tmpfs', sizeBytes: 64 << 20 }],
  ['type=secret,id=k', { type: 'secret', id: 'k', target: '/run/secrets/k', isRequired: false }],
  ['type=secret,id=k,env=K,required', { id: 'k', env: 'K', isRequired: true }],
  ['type=secret,target=/etc/k', { id: 'k', target: '/etc/k' }],
  ['type=ssh,id=git,mode=0666', { type: 'ssh', id: 'git', mode: 0o666 }],
  ['type=ssh', { id: 'default' }],
  ['type=bind,"source=a,b",target=/a', { source: 'a,b' }],
])('%s', (text, expected) => {
  expect(parseRunMount(text)).toMatchObject(expected)
})

test('a secret for the environment makes no file', () => {
  expect(parseRunMount('type=secret,id=k,env=K')).not.toHaveProperty('target')
})

test.each([
  ['type=cahce,target=/x', "unknown mount type 'cahce'"],
  ['type=bind', 'no target'],
  ['type=bind,target', "'target' of a mount needs a value"],
  ['type=bind,target=/a,size=1', "a bind mount has no 'size'"],
  ['type=bind,target=/a,sharing=shared', "a bind mount has no 'sharing'"],
  ['type=bind,target=/a,trget=/b', "unknown key 'trget'"],
  ['type=cache,target=/a,sharing=some', 'shared, private, locked'],
  ['type=cache,target=/a,mode=9', 'octal'],
  ['type=secret', 'needs an id'],
  ['type=secret,id=a,source=b', 'not both'],
  ['target=/a,ro=maybe', 'true or false'],
  ['type=tmpfs,target=/a,size=big', 'size'],
])('%s is refused', (text, message) => {
  expect(() => parseRunMount(text)).toThrow(message)
})

test('a value that grows a comma stays one value', () => {
  expect(parseRunMount(expandMount('source=$A,target=/a', (word) => word.replace('$A', 'a,"b"')))).toMatchObject({
    source: 'a,"b"',
    target: '/a',
  })
})

test.each([
  ['target=package.json', '/app', { target: '/app/package.json' }],
  ['target=.', '/app', { target: '/app' }],
  ['target=/a/../b', '/app', { target: '/b' }],
  ['type=cache,target=./.npm/', '/app', { target: '/app/.npm', id: '.npm' }],
  ['type=secret,id=k,target=k', '/app', { target: '/app/k' }],
  ['type=ssh', '/app', { id: 'default' }],
])('%s in %s', (text, workdir, expected) => {
  expect(mountBelow(workdir, parseRunMount(text))).toMatchObject(expected)
})

test.each(['target=.', 'target=/', 'type=tmpfs,target=x/..'])('%s is no target in the root', (text) => {
  expect(() => mountBelow('/', parseRunMount(text))).toThrow("invalid mount target '/'")
})
