// Mount option `idmap[=uids=RANGES;gids=RANGES]`, RANGES being `[@]FILES-OUTSIDE-COUNT#…`: the source's files have other owners in the
// mount than on disk. Half of it that is not said, or all of it, is the container's own map.

import { type EngineError, invalid } from '../base/errors.ts'
import type { IdMappings } from './facts.ts'
import { mappedId } from './id-mapping.ts'
import { insideRange, outsideRange } from './id-ranges.ts'
import type { IdMapping } from './oci-config.ts'

interface MountIdRange extends IdMapping {
  /** `@`: OUTSIDE is an id inside the container. */
  readonly isRelative: boolean
}

interface MountIdRanges {
  readonly uids?: readonly MountIdRange[]
  readonly gids?: readonly MountIdRange[]
}

const maxId = 2 ** 32 - 1
const allIds: readonly IdMapping[] = [{ containerID: 0, hostID: 0, size: maxId }]
const form = 'idmap, or idmap=uids=[@]FILES-OUTSIDE-COUNT#…;gids=…'

export function isIdMapOption(option: string): boolean {
  return option === 'idmap' || option.startsWith('idmap=')
}

export function isIdMapped({ options }: { readonly options: readonly string[] }): boolean {
  return options.some(isIdMapOption)
}

/** @throws invalid `mount-invalid` */
export function parseIdMapOption(option: string): MountIdRanges {
  if (option === 'idmap') return {}
  const halves: { uids?: MountIdRange[]; gids?: MountIdRange[] } = {}
  for (const half of option.slice('idmap='.length).split(';')) {
    const [, name, ranges = ''] = /^(uids|gids)=(.*)$/.exec(half) ?? []
    if (name !== 'uids' && name !== 'gids') throw bad(option, `unknown option ${JSON.stringify(half)}`)
    if (halves[name] !== undefined) throw bad(option, `${name} can only be given once`)
    halves[name] = ranges.split('#').map((range) => parseRange(option, range))
  }
  return halves
}

/**
 * Ids of files → ids outside; undefined where they stay as they are. `own`: the container's map, if it has one.
 * @throws invalid `mount-invalid` for an id that the container has not, and for ranges that overlap
 */
export function mountIdMaps(
  { options }: { readonly options: readonly string[] },
  own: IdMappings | undefined,
): IdMappings | undefined {
  const option = options.find(isIdMapOption)
  if (option === undefined) return undefined
  const { uids, gids } = parseIdMapOption(option)
  if (uids === undefined && gids === undefined) return own
  return { uids: settle(option, uids, own?.uids), gids: settle(option, gids, own?.gids) }
}

function parseRange(option: string, text: string): MountIdRange {
  const [, at, files, outside, count] = /^(@?)(\d+)-(\d+)-(\d+)$/.exec(text) ?? []
  const range = { containerID: Number(files), hostID: Number(outside), size: Number(count) }
  if (files === undefined || range.size < 1) throw bad(option, `${JSON.stringify(text)} is not [@]FILES-OUTSIDE-COUNT`)
  if (range.containerID + range.size > maxId || range.hostID + range.size > maxId) {
    throw bad(option, `${JSON.stringify(text)} goes beyond the largest id, ${maxId - 1}`)
  }
  return { ...range, isRelative: at === '@' }
}

function settle(
  option: string,
  ranges: readonly MountIdRange[] | undefined,
  own: readonly IdMapping[] | undefined,
): readonly IdMapping[] {
  if (ranges === undefined) return own ?? allIds
  const settled = ranges.map(({ isRelative, ...range }) => (isRelative ? throughOwn(option, range, own) : range))
  for (const rangeOf of [insideRange, outsideRange]) {
    const inOrder = settled.map(rangeOf).sort((one, other) => one.start - other.start)
    if (inOrder.some(({ start }, index) => start < (inOrder[index - 1]?.end ?? 0))) throw bad(option, 'ranges overlap')
  }
  return settled
}

/** As podman: the range's first id decides where all of it lies outside. */
function throughOwn(option: string, range: IdMapping, own: readonly IdMapping[] | undefined): IdMapping {
  const hostID = own === undefined ? undefined : mappedId(range.hostID, own)
  if (hostID !== undefined) return { ...range, hostID }
  const reason =
    own === undefined ? 'the container has no user namespace of its own' : `the container has no id ${range.hostID}`
  throw bad(option, `${reason}, which '@' speaks of`)
}

function bad(option: string, reason: string): EngineError {
  return invalid('mount-invalid', `invalid mount option ${JSON.stringify(option)}: ${reason}`, `Give it as: ${form}`)
}
