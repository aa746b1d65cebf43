// Ids through the ranges of a user namespace.

import type { IdMapping } from './oci-config.ts'

/** The id outside; one that has none stays as it is, and is nobody inside. */
export function outsideId(id: number, ranges: readonly IdMapping[]): number {
  return mappedId(id, ranges) ?? id
}

/** The id outside; undefined where it has none. */
export function mappedId(id: number, ranges: readonly IdMapping[]): number | undefined {
  const range = ranges.find(({ containerID, size }) => containerID <= id && id < containerID + size)
  return range === undefined ? undefined : range.hostID + id - range.containerID
}

/** The id inside; undefined where it has none, and shows as nobody's. No ranges: ids stay. */
export function insideId(id: number, ranges: readonly IdMapping[]): number | undefined {
  if (ranges.length === 0) return id
  const range = ranges.find(({ hostID, size }) => hostID <= id && id < hostID + size)
  return range === undefined ? undefined : range.containerID + id - range.hostID
}
