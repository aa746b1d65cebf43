import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveUserIn } from '../../../../src/engine/container/resolve-user.ts'

let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'gantry-user-'))
  mkdirSync(join(root, 'etc'))
  writeFileSync(
    join(root, 'etc/passwd'),
    '# comment\nroot:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001:web:/home/web:/bin/sh\nbroken\n7:x:70:71::/seven:\n',
  )
  writeFileSync(join(root, 'etc/group'), 'root:x:0:root\nweb:x:1001:\nextra:x:2000:other,web\nwheel:x:10:root\n')
})

afterAll(() => rmSync(root, { recursive: true }))

describe('resolveUserIn', () => {
  test.each([
    ['', { uid: 0, gid: 0, groups: [0, 10], home: '/root' }],
    ['root', { uid: 0, gid: 0, groups: [0, 10], home: '/root' }],
    ['web', { uid: 1000, gid: 1001, groups: [1001, 2000], home: '/home/web' }],
    ['1000', { uid: 1000, gid: 1001, groups: [1001, 2000], home: '/home/web' }],
    ['web:extra', { uid: 1000, gid: 2000, groups: [2000], home: '/home/web' }],
    ['4242', { uid: 4242, gid: 0, groups: [0], home: '/' }],
    ['4242:55', { uid: 4242, gid: 55, groups: [55], home: '/' }],
    // A name of digits is a name before it is a number.
    ['7', { uid: 70, gid: 71, groups: [71], home: '/seven' }],
  ])('%j', (text, wanted) => expect(resolveUserIn(root, text)).toEqual(wanted))

  test('further groups', () => {
    expect(resolveUserIn(root, 'web', ['wheel', '33']).groups).toEqual([1001, 10, 33, 2000])
  })

  test.each([
    ['nobody-here', 'unable to find user nobody-here: no matching entries in passwd file'],
    ['web:nogroup', 'unable to find group nogroup: no matching entries in group file'],
    ['99999999999', 'unable to find user 99999999999: no matching entries in passwd file'],
  ])('%s is refused', (text, message) => expect(() => resolveUserIn(root, text)).toThrow(message))

  test('a passwd that leads out of the root is not read there (CVE-2018-15664 and kin)', () => {
    const hostile = mkdtempSync(join(tmpdir(), 'gantry-user-'))
    mkdirSync(join(hostile, 'etc'))
    symlinkSync('/etc/passwd', join(hostile, 'etc/passwd'))
    symlinkSync('../../../../../../etc/group', join(hostile, 'etc/group'))
    expect(() => resolveUserIn(hostile, 'daemon')).toThrow('unable to find user daemon')
    expect(() => resolveUserIn(hostile, '0:daemon')).toThrow('unable to find group daemon')
    rmSync(hostile, { recursive: true })
  })
})
