// Which owners can be written: inside a user namespace only the mapped ids exist.

import { readFileSync } from 'node:fs'
import { EngineError } from '../base/errors.ts'

export interface OwnerRules {
  /** Only one id is mapped: everything belongs to it, owners in the archive are not kept. */
  readonly isSingleId: boolean
  /** In a user namespace the kernel refuses device nodes. */
  readonly isNested: boolean
  readonly hasUid: (id: number) => boolean
  readonly hasGid: (id: number) => boolean
}

interface Range {
  readonly first: number
  readonly count: number
}

const allIds = 2 ** 32 - 1

/** Of this process, as /proc says. */
export function ownerRules(): OwnerRules {
  return rulesOf(readFileSync('/proc/self/uid_map', 'utf8'), readFileSync('/proc/self/gid_map', 'utf8'))
}

/** Of the texts of uid_map and gid_map (user_namespaces(7)). */
function rulesOf(uidMap: string, gidMap: string): OwnerRules {
  const uids = ranges(uidMap)
  const gids = ranges(gidMap)
  return {
    isSingleId: total(uids) <= 1 || total(gids) <= 1,
    isNested: total(uids) < allIds,
    hasUid: (id) => uids.some((range) => isIn(range, id)),
    hasGid: (id) => gids.some((range) => isIn(range, id)),
  }
}

/** @throws denied `layer-owner-unmapped` */
export function checkOwner(rules: OwnerRules, owner: { uid: number; gid: number }): void {
  if (!rules.hasUid(owner.uid)) throw unmapped('user', owner.uid, '/etc/subuid')
  if (!rules.hasGid(owner.gid)) throw unmapped('group', owner.gid, '/etc/subgid')
}

function unmapped(what: string, id: number, file: string): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'layer-owner-unmapped',
    message: `the layer holds a file of ${what} ${id}, and this user namespace has no such ${what} (potentially insufficient UIDs or GIDs available)`,
    hint: `Give your user a larger range in ${file}.`,
  })
}

function ranges(map: string): Range[] {
  return map
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number)
      return { first, count }
    })
}

function total(list: readonly Range[]): number {
  return list.reduce((sum, { count }) => sum + count, 0)
}

function isIn({ first, count }: Range, id: number): boolean {
  return id >= first && id < first + count
}
