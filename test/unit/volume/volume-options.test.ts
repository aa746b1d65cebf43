import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/base/errors.ts'
import { mountWords } from '../../../src/volume/mount-volume.ts'
import { checkLocalOptions, parseVolumeOptions } from '../../../src/volume/volume-options.ts'
import { needsMount } from '../../../src/volume/volume-record.ts'

function failure(act: () => unknown): string | undefined {
  try {
    act()
  } catch (error) {
    if (error instanceof EngineError) return error.message
    throw error
  }
  return undefined
}

describe('parseVolumeOptions', () => {
  test.each([
    [{}, {}, undefined],
    [
      { type: 'tmpfs', device: 'tmpfs', o: 'size=2M' },
      { type: 'tmpfs', device: 'tmpfs', o: 'size=2M', SIZE: '2M' },
      undefined,
    ],
    [{ o: 'uid=5,noatime' }, { o: 'uid=5,noatime', UID: '5' }, { uid: 5, gid: 0 }],
    [{ o: 'uid=5,gid=6' }, { o: 'uid=5,gid=6', UID: '5', GID: '6' }, { uid: 5, gid: 6 }],
    [{ o: 'noquota' }, { NOQUOTA: 'true' }, undefined],
    [{ nocopy: '' }, { nocopy: '' }, undefined],
  ])('%j', (given, options, owner) => expect(parseVolumeOptions(given)).toMatchObject({ options, owner }))

  test('a timeout is kept apart', () => {
    expect(parseVolumeOptions({ o: 'timeout=7' })).toEqual({ options: {}, owner: undefined, timeoutSeconds: 7 })
  })

  test.each([
    [{ o: 'uid' }, 'uid option must provide a UID: invalid argument'],
    [{ o: 'gid=x' }, 'cannot convert GID x to integer: strconv.Atoi: parsing "x": invalid syntax'],
    [{ o: 'size=much' }, "cannot convert size much to integer: invalid size: 'much'"],
    [{ o: 'timeout=-1' }, 'volume timeout cannot be negative (got -1)'],
  ])('%j is refused', (given, message) => expect(failure(() => parseVolumeOptions(given))).toBe(message))
})

test.each([
  [{ type: 'tmpfs', SIZE: '2M' }, undefined],
  [{ copy: '', UID: '5' }, undefined],
  [{ color: 'red' }, "invalid mount option color for driver 'local': invalid argument"],
  [{ SIZE: '2M' }, 'volume options size and inodes not supported. Filesystem does not support Project Quota'],
  [{ type: 'tmpfs', INODES: '5' }, 'volume option inodes not supported on tmpfs filesystem'],
  [{ NOQUOTA: 'true', SIZE: '2M' }, 'volume options size and inodes cannot be used without quota'],
])('checkLocalOptions %j', (options, message) => expect(failure(() => checkLocalOptions(options))).toBe(message))

test.each([
  ['local', {}, false],
  ['local', { nocopy: '' }, false],
  ['local', { o: 'uid=5', UID: '5' }, false],
  ['local', { type: 'tmpfs' }, true],
  ['local', { o: 'uid=5', UID: '5', device: '/dev/sdb' }, true],
  ['other', {}, true],
])('needsMount %s %j', (driver, options, wanted) => expect(needsMount({ driver, options })).toBe(wanted))

test.each([
  [{ type: 'tmpfs' }, ['-t', 'tmpfs', '--', 'tmpfs']],
  [{ type: 'bind', device: '/a', o: 'ro' }, ['-o', 'ro', '-o', 'bind', '--', '/a']],
  [{ device: '/dev/sdb' }, ['--', '/dev/sdb']],
  [
    { type: 'nfs', device: ':/export', o: 'addr=10.0.0.1,rw' },
    ['-o', 'addr=10.0.0.1,rw', '-t', 'nfs', '--', ':/export'],
  ],
])('mountWords %j', (options, words) => expect(mountWords(options)).toEqual(words))
