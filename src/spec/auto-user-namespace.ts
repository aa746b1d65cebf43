// --userns auto: ids that no other such container has.

import { EngineError, invalid } from '../base/errors.ts'
import type { IdMappings } from './facts.ts'
import type { IdMapping } from './oci-config.ts'

export interface AutoUserNamespace {
  readonly kind: 'auto'
  /** Ids inside; by the image unless given. */
  readonly size?: number
  /** Which ids inside are to be which outside. */
  readonly forced: IdMappings
  /** Given at creation, and the container's until it is removed. */
  readonly allotted?: IdMappings
}

/** Half-open. */
export interface IdRange {
  readonly start: number
  readonly end: number
}

export interface Allotment {
  readonly size: number
  readonly forced: readonly IdMapping[]
  /** What there is outside, and what of it is somebody's. */
  readonly available: readonly IdRange[]
  readonly used: readonly IdRange[]
}

const maxId = 2 ** 32 - 1

/** What follows `auto:`, comma-separated. @throws invalid `userns-invalid` */
export function parseAuto(options: string): AutoUserNamespace {
  const found: { size?: number; uids: IdMapping[]; gids: IdMapping[] } = { uids: [], gids: [] }
  for (const option of options === '' ? [] : options.split(',')) {
    const at = option.indexOf('=')
    const [name, value] = [option.slice(0, Math.max(at, 0)), option.slice(at + 1)]
    if (name === 'size') found.size = parseSize(value)
    else if (name === 'uidmapping') found.uids.push(parseTriple(name, value))
    else if (name === 'gidmapping') found.gids.push(parseTriple(name, value))
    else throw invalid('userns-invalid', `unknown option specified: ${JSON.stringify(option)}`)
  }
  const { size, ...forced } = found
  return { kind: 'auto', ...(size === undefined ? {} : { size }), forced }
}

/** The first free ids outside, in order, for those inside that are not forced. @throws unavailable `userns-exhausted` */
export function allotIds({ size, forced, available, used }: Allotment): IdMapping[] {
  const taken = [...used, ...forced.map(({ hostID, size: count }) => ({ start: hostID, end: hostID + count }))]
  const inside = forced.map(({ containerID, size: count }) => ({ start: containerID, end: containerID + count }))
  return [...pair(without([{ start: 0, end: size }], inside), without(available, taken)), ...forced]
}

function pair(inside: readonly IdRange[], outside: readonly IdRange[]): IdMapping[] {
  const free = [...outside]
  const mappings: IdMapping[] = []
  for (const { start, end } of inside) {
    for (let id = start; id < end; ) {
      const range = free.shift()
      if (range === undefined) throw exhausted()
      const count = Math.min(end - id, range.end - range.start)
      mappings.push({ containerID: id, hostID: range.start, size: count })
      id += count
      if (range.start + count < range.end) free.unshift({ start: range.start + count, end: range.end })
    }
  }
  return mappings
}

/** In ascending order. */
function without(ranges: readonly IdRange[], holes: readonly IdRange[]): IdRange[] {
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

function parseSize(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0 && Number(text) <= maxId) return Number(text)
  throw invalid('userns-invalid', `invalid size in --userns auto: ${JSON.stringify(text)}`)
}

/** `INSIDE:OUTSIDE:COUNT` */
function parseTriple(name: string, text: string): IdMapping {
  const parts = /^(\d+):(\d+):(\d+)$/.exec(text)
  const [containerID = 0, hostID = 0, size = 0] = (parts ?? []).slice(1).map(Number)
  const isValid = parts !== null && size > 0 && containerID + size <= maxId && hostID + size <= maxId
  if (isValid) return { containerID, hostID, size }
  throw invalid('userns-invalid', `${name} in --userns auto is INSIDE:OUTSIDE:COUNT, not ${JSON.stringify(text)}`)
}

function exhausted(): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'userns-exhausted',
    message: 'not enough unused IDs in user namespace',
    hint: 'Remove containers with --userns auto, ask for fewer ids with auto:size=, or enlarge the ranges in /etc/subuid and /etc/subgid',
  })
}
