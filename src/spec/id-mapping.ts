// Ids through the ranges of a user namespace.

import type { IdMapping } from './oci-config.ts'

/** The id outside; one that has none stays as it is, and is nobody inside. */
export function outsideId(id: number, ranges: readonly IdMapping[]): number {
  const range = ranges.find(({ containerID, size }) => containerID <= id && id < containerID + size)
  return range === undefined ? id : range.hostID + id - range.containerID
}
