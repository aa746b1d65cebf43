import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/base/errors.ts'
import type { IdMappings } from '../../../src/spec/facts.ts'
import { isIdMapOption, mountIdMaps } from '../../../src/spec/mount-id-map.ts'
import { parseMount, parseVolume } from '../../../src/spec/mount-text.ts'

const all = [[0, 0, 2 ** 32 - 1]]
const own = maps([[0, 200000, 100]], [[0, 300000, 100]])

function maps(uids: readonly (readonly number[])[], gids: readonly (readonly number[])[]): IdMappings {
  const ranges = (rows: readonly (readonly number[])[]) =>
    rows.map(([containerID = 0, hostID = 0, size = 0]) => ({ containerID, hostID, size }))
  return { uids: ranges(uids), gids: ranges(gids) }
}

function failure(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof EngineError ? `${error.code}: ${error.message}` : String(error)
  }
  return 'nothing thrown'
}

describe('mountIdMaps', () => {
  test.each([
    ['idmap', own, own],
    ['idmap', undefined, undefined],
    ['ro', own, undefined],
    [
      'idmap=uids=0-1-10#10-11-10;gids=0-100-10',
      undefined,
      maps(
        [
          [0, 1, 10],
          [10, 11, 10],
        ],
        [[0, 100, 10]],
      ),
    ],
    ['idmap=uids=0-1-10;gids=0-100-10', own, maps([[0, 1, 10]], [[0, 100, 10]])],
    ['idmap=uids=0-1001-1', undefined, maps([[0, 1001, 1]], all)],
    ['idmap=gids=0-1001-1', own, maps([[0, 200000, 100]], [[0, 1001, 1]])],
    [
      'idmap=uids=@1000-5-1#7-7-1;gids=@1000-5-1',
      own,
      maps(
        [
          [1000, 200005, 1],
          [7, 7, 1],
        ],
        [[1000, 300005, 1]],
      ),
    ],
  ] as const)('%s of %o', (option, container, wanted) => {
    expect(mountIdMaps({ options: ['rw', option] }, container)).toEqual(wanted)
  })

  test.each([
    ['idmap=uids=@0-5-1', undefined, "the container has no user namespace of its own, which '@' speaks of"],
    ['idmap=uids=@0-100-1', own, "the container has no id 100, which '@' speaks of"],
    ['idmap=uids=0-1-2#1-9-1', own, 'ranges overlap'],
    ['idmap=uids=9-1-2#1-2-1', own, 'ranges overlap'],
    ['idmap=uids=0-200000-1#5-@0-1', own, '"5-@0-1" is not [@]FILES-OUTSIDE-COUNT'],
    ['idmap=uids=0-1-0', own, '"0-1-0" is not [@]FILES-OUTSIDE-COUNT'],
    ['idmap=uids=0-1', own, '"0-1" is not [@]FILES-OUTSIDE-COUNT'],
    ['idmap=uids=0-1-1#', own, '"" is not [@]FILES-OUTSIDE-COUNT'],
    ['idmap=uids=0-4294967294-2', own, '"0-4294967294-2" goes beyond the largest id, 4294967294'],
    ['idmap=uids=0-1-1;uids=0-1-1', own, 'uids can only be given once'],
    ['idmap=', own, 'unknown option ""'],
    ['idmap=true', own, 'unknown option "true"'],
  ] as const)('%s of %o is refused', (option, container, wanted) => {
    const reason = `mount-invalid: invalid mount option ${JSON.stringify(option)}: ${wanted}`
    expect(failure(() => mountIdMaps({ options: [option] }, container))).toBe(reason)
  })

  test('is an option of binds and volumes, as -v and --mount write it', () => {
    const option = 'idmap=uids=@0-1-10#10-20-1;gids=0-100-10'
    expect(parseVolume(`/a:/b:ro,${option}`).options).toEqual(['ro', option])
    expect(parseVolume(`a:/b:${option}`).options).toEqual([option])
    expect(parseMount(`type=bind,src=/a,dst=/b,${option}`).options).toEqual([option])
    expect(parseMount('type=volume,src=a,dst=/b,idmap').options).toEqual(['idmap'])
    expect(['idmap', option, 'idmapped', 'ridmap'].map(isIdMapOption)).toEqual([true, true, false, false])
  })
})
