// --uidmap and --gidmap: `[+ug]INSIDE:[@]OUTSIDE[:COUNT]`.

import { invalid } from '../base/errors.ts'
import { insideRange, merged, outsideRange, pair, without, yielding } from './id-ranges.ts'
import type { IdMapping } from './oci-config.ts'

export type IdKind = 'uid' | 'gid'

export interface IdMapRequest {
  /** `+`: earlier ones yield the ids that it wants. */
  readonly isExtending: boolean
  /** `u` and `g`: of which ids alone it speaks. */
  readonly kinds: readonly IdKind[]
  /** `@`: OUTSIDE is the host's, not the user's own namespace's. */
  readonly isOfHost: boolean
  readonly mapping: IdMapping
}

/** The namespace that Gantry runs in: `hostID` is the host's. */
export interface OuterIds {
  readonly isRootless: boolean
  readonly ranges: readonly IdMapping[]
}

const maxId = 2 ** 32 - 1

/** @throws invalid `userns-invalid` */
export function parseIdMap(text: string): IdMapRequest {
  const [, flags = '', inside, at, outside, count = '1'] = /^([+ug]*)(\d+):(@?)(\d+)(?::(\d+))?$/.exec(text) ?? []
  const mapping = { containerID: Number(inside), hostID: Number(outside), size: Number(count) }
  const { containerID, hostID, size } = mapping
  if (inside === undefined || containerID + size > maxId || hostID + size > maxId) {
    throw invalid('userns-invalid', `a mapping of ids is [+ug]INSIDE:[@]OUTSIDE[:COUNT], not ${JSON.stringify(text)}`)
  }
  const kinds = [...(flags.includes('u') ? ['uid' as const] : []), ...(flags.includes('g') ? ['gid' as const] : [])]
  return {
    isExtending: flags.includes('+'),
    kinds: kinds.length === 0 ? ['uid', 'gid'] : kinds,
    isOfHost: at === '@',
    mapping,
  }
}

/**
 * In order of the ids inside. Rootless, a list that begins by extending, or says nothing of this kind, extends all ids that the user has.
 * @throws invalid `userns-invalid` for an id of the host's that we do not have
 */
export function resolveIdMap(requests: readonly IdMapRequest[], kind: IdKind, outer: OuterIds): IdMapping[] {
  const own = requests.filter(({ kinds, mapping }) => kinds.includes(kind) && mapping.size > 0)
  let mappings: IdMapping[] = []
  for (const { isExtending, ...request } of own) {
    for (const mapping of throughOuter(request, kind, outer)) {
      const earlier = isExtending ? mappings.flatMap((each) => yielding(each, mapping)) : mappings
      mappings = [...earlier, mapping]
    }
  }
  const isFilled = outer.isRootless && own[0]?.isExtending !== false
  return merged(isFilled ? [...mappings, ...rest(mappings, outer)] : mappings).flatMap((one) => cutAt(one, outer))
}

/** The kernel takes no mapping that goes over a border of our own namespace's. What is not in that namespace is the kernel's to refuse. */
function cutAt(mapping: IdMapping, { ranges }: OuterIds): IdMapping[] {
  const { start, end } = outsideRange(mapping)
  const parts = ranges.map(insideRange).flatMap((range) => {
    const from = Math.max(start, range.start)
    const size = Math.min(end, range.end) - from
    return size > 0 ? [{ containerID: mapping.containerID + from - start, hostID: from, size }] : []
  })
  const isWhole = parts.reduce((sum, { size }) => sum + size, 0) === mapping.size
  return isWhole ? parts.toSorted((one, other) => one.containerID - other.containerID) : [mapping]
}

/** Several where the host's ids are scattered in our namespace. */
function throughOuter(
  { isOfHost, mapping }: Pick<IdMapRequest, 'isOfHost' | 'mapping'>,
  kind: IdKind,
  { ranges }: OuterIds,
): IdMapping[] {
  if (!isOfHost) return [mapping]
  const { containerID, hostID, size } = mapping
  const found = ranges.flatMap((range) => {
    const start = Math.max(hostID, range.hostID)
    const count = Math.min(hostID + size, range.hostID + range.size) - start
    const own = {
      containerID: containerID + start - hostID,
      hostID: range.containerID + start - range.hostID,
      size: count,
    }
    return count > 0 ? [own] : []
  })
  if (found.reduce((sum, { size: count }) => sum + count, 0) === size) return found
  throw invalid('userns-invalid', `parent ID ${kind.toUpperCase()} ${hostID} is not mapped/delegated`)
}

function rest(mappings: readonly IdMapping[], { ranges }: OuterIds): IdMapping[] {
  const inside = without([{ start: 0, end: maxId }], mappings.map(insideRange))
  return pair(inside, without(ranges.map(insideRange), mappings.map(outsideRange)))
}
