import { describe, expect, test } from 'vitest'
import { parseSecrets } from '../../../src/spec/secrets.ts'

const mount = { name: 'pw', id: '', target: '/run/secrets/pw', uid: 0, gid: 0, mode: 0o444 }

describe('parseSecrets', () => {
  test.each([
    ['pw', mount],
    ['source=pw', mount],
    ['pw,target=other', { ...mount, target: '/run/secrets/other' }],
    ['pw,target=/etc/pw,uid=5,GID=6,mode=0400', { ...mount, target: '/etc/pw', uid: 5, gid: 6, mode: 0o400 }],
  ])('%s is a file', (text, wanted) => expect(parseSecrets([text])).toEqual({ mounts: [wanted], environment: [] }))

  test('variables are called as the secret, or as said; the last of a name counts', () => {
    expect(parseSecrets(['a,type=env', 'b,type=env,target=X', 'c,target=X,type=env'])).toEqual({
      mounts: [],
      environment: [
        { name: 'a', id: '', target: 'a' },
        { name: 'c', id: '', target: 'X' },
      ],
    })
  })

  test.each([
    ['pw,bogus', 'option bogus must be in form option=value'],
    ['pw,size=1', 'option size=1 invalid'],
    ['pw,type=other', 'type other is invalid'],
    ['pw,type=env,type=env', 'cannot set more than one secret type'],
    ['pw,type=env,mode=0400', 'UID, GID, Mode options cannot be set with secret type env'],
    ['pw,mode=9', 'mode 9 invalid'],
    ['pw,uid=-1', 'UID -1 invalid'],
    ['type=mount,uid=1', 'no source found type=mount,uid=1'],
  ])('%s is refused', (text, message) => expect(() => parseSecrets([text])).toThrow(`${message}: parsing secret`))
})
