// Arithmetic of ids: half-open ranges, and mappings of ranges inside to ranges outside.

import type { IdMapping } from './oci-config.ts'

/** Half-open. */
export interface IdRange {
  readonly start: number
  readonly end: number
}

export function outsideRange({ hostID, size }: IdMapping): IdRange {
  return { start: hostID, end: hostID + size }
}

export function insideRange({ containerID, size }: IdMapping): IdRange {
  return { start: containerID, end: containerID + size }
}

export function countOf(ranges: readonly IdRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** In ascending order. */
export function without(ranges: readonly IdRange[], holes: readonly IdRange[]): IdRange[] {
  let left = ranges.toSorted((one, other) => one.start - other.start)
  for (const hole of holes) {
    left = left.flatMap(({ start, end }) => [
      { start, end: Math.min(end, hole.start) },
      { start: Math.max(start, hole.end), end },
    ])
    left = left.filter(({ start, end }) => start < end)
  }
  return left
}

/** The ids inside in order to those outside in order, as far as both go. */
export function pair(inside: readonly IdRange[], outside: readonly IdRange[]): IdMapping[] {
  const [wanted, free] = [[...inside], [...outside]]
  const mappings: IdMapping[] = []
  for (;;) {
    const [to, from] = [wanted.shift(), free.shift()]
    if (to === undefined || from === undefined) return mappings
    const size = Math.min(to.end - to.start, from.end - from.start)
    mappings.push({ containerID: to.start, hostID: from.start, size })
    if (to.start + size < to.end) wanted.unshift({ start: to.start + size, end: to.end })
    if (from.start + size < from.end) free.unshift({ start: from.start + size, end: from.end })
  }
}

/** What is left of a mapping when `other` has its ids, inside and outside. */
export function yielding(mapping: IdMapping, other: IdMapping): IdMapping[] {
  const shift = mapping.hostID - mapping.containerID
  const taken = outsideRange(other)
  const holes = [insideRange(other), { start: taken.start - shift, end: taken.end - shift }]
  return without([insideRange(mapping)], holes).map(({ start, end }) => ({
    containerID: start,
    hostID: start + shift,
    size: end - start,
  }))
}

/** By the ids inside, with neighbours made one. */
export function merged(mappings: readonly IdMapping[]): IdMapping[] {
  const result: IdMapping[] = []
  for (const mapping of mappings.toSorted((one, other) => one.containerID - other.containerID)) {
    const last = result.at(-1)
    const follows =
      last !== undefined &&
      last.containerID + last.size === mapping.containerID &&
      last.hostID + last.size === mapping.hostID
    if (follows) result[result.length - 1] = { ...last, size: last.size + mapping.size }
    else result.push(mapping)
  }
  return result
}
