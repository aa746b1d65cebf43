import { describe, expect, test } from 'vitest'
import { type Accessor, denials, type PathStep } from '../../../src/engine/doctor/path-access.ts'
import { remedyFor } from '../../../src/engine/doctor/path-remedy.ts'

const file = (uid: number | undefined, gid: number | undefined, mode: number): PathStep => ({
  path: '/m/f',
  uid,
  gid,
  mode,
  isFolder: false,
})
const folder = (uid: number, mode: number): PathStep => ({ ...file(uid, uid, mode), path: '/m', isFolder: true })
const user: Accessor = { uid: 5, gid: 6, groups: [7], isExcused: false }
const root: Accessor = { uid: 0, gid: 0, groups: [], isExcused: true }

describe('denials', () => {
  test.each([
    ['the owner', [file(5, 1, 0o600)], user, []],
    ['the owner, though others may', [file(5, 1, 0o066)], user, ['read', 'write']],
    ['a member of the group', [file(1, 7, 0o640)], user, ['write']],
    ['the group first, though others may more', [file(1, 6, 0o606)], user, ['read', 'write']],
    ['another', [file(1, 1, 0o644)], user, ['write']],
    ['nobody who could be it', [file(undefined, undefined, 0o600)], root, ['read', 'write']],
    ['nobody, open to others', [file(undefined, undefined, 0o666)], root, []],
    ['root', [file(1, 1, 0)], root, []],
    ['a folder on the way', [folder(1, 0o700), file(5, 5, 0o600)], user, ['search']],
    ['a folder at the end', [folder(1, 0o755)], user, ['write']],
  ])('%s', (_, way, who, rights) => expect(denials(way, who).map(({ right }) => right)).toEqual(rights))
})

describe('remedyFor', () => {
  const bind = { mount: { kind: 'bind', text: '/h:/m', isReadOnly: false }, hostPath: '/h/f' } as const
  const volume = { mount: { kind: 'volume', text: 'data:/m', isReadOnly: false }, hostPath: '/v/f' } as const
  const own = { mount: undefined, hostPath: '/layer/f' }
  const asRoot = { hostUid: 1, hostGid: 1, ownUid: undefined }
  const mine = { hostUid: 1000, hostGid: 1000, ownUid: 1000 }
  const strangers = { hostUid: undefined, hostGid: undefined, ownUid: 1000 }

  test.each([
    ["one's own file of a mode that leaves one out", file(5, 6, 0o400), bind, asRoot, "chmod u+w '/h/f'"],
    ['as root, a bind of somebody', file(1, 2, 0o600), bind, asRoot, '--user 1:2'],
    ['as root, a bind of root', file(0, 0, 0o600), bind, asRoot, '-v /h:/m:U'],
    ['a volume', file(1, 2, 0o600), volume, asRoot, '-v data:/m:U'],
    ['rootless, my own file', file(0, 0, 0o600), bind, mine, '--userns keep-id:uid=5,gid=6'],
    ['rootless, nobody I could be', file(undefined, undefined, 0o600), bind, strangers, "sudo chmod o+w '/h/f'"],
    ['in the layer of the container', file(1, 2, 0o600), own, asRoot, '--user 1:2'],
  ])('%s', (_, step, place, owner, words) =>
    expect(remedyFor({ step, right: 'write' }, user, { place, owner }).words).toBe(words),
  )
})
