// --userns auto: ids that no other such container has.

import { EngineError, invalid } from '../base/errors.ts'
import type { IdMappings } from './facts.ts'
import { type IdMapRequest, parseIdMap } from './id-map-flags.ts'
import { countOf, type IdRange, insideRange, outsideRange, pair, without } from './id-ranges.ts'
import type { IdMapping } from './oci-config.ts'

export interface AutoUserNamespace {
  readonly kind: 'auto'
  /** Ids inside; by the image unless given. */
  readonly size?: number
  /** Which ids inside are to be which outside. */
  readonly forced: { readonly uids: readonly IdMapRequest[]; readonly gids: readonly IdMapRequest[] }
  /** Given at creation, and the container's until it is removed. */
  readonly allotted?: IdMappings
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
  const found: { size?: number; uids: IdMapRequest[]; gids: IdMapRequest[] } = { uids: [], gids: [] }
  for (const option of options === '' ? [] : options.split(',')) {
    const at = option.indexOf('=')
    const [name, value] = [option.slice(0, Math.max(at, 0)), option.slice(at + 1)]
    if (name === 'size') found.size = parseSize(value)
    else if (name === 'uidmapping') found.uids.push(parseForced(name, value))
    else if (name === 'gidmapping') found.gids.push(parseForced(name, value))
    else throw invalid('userns-invalid', `unknown option specified: ${JSON.stringify(option)}`)
  }
  const { size, ...forced } = found
  return { kind: 'auto', ...(size === undefined ? {} : { size }), forced }
}

/** The first free ids outside, in order, for those inside that are not forced. @throws unavailable `userns-exhausted` */
export function allotIds({ size, forced, available, used }: Allotment): IdMapping[] {
  const inside = without([{ start: 0, end: size }], forced.map(insideRange))
  const outside = without(available, [...used, ...forced.map(outsideRange)])
  if (countOf(inside) > countOf(outside)) throw exhausted()
  return [...pair(inside, outside), ...forced]
}

function parseSize(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0 && Number(text) <= maxId) return Number(text)
  throw invalid('userns-invalid', `invalid size in --userns auto: ${JSON.stringify(text)}`)
}

/** Without flags, which mean nothing to what is given away in order. */
function parseForced(name: string, text: string): IdMapRequest {
  if (/^\d/.test(text)) return parseIdMap(text)
  throw invalid('userns-invalid', `${name} in --userns auto is INSIDE:[@]OUTSIDE[:COUNT], not ${JSON.stringify(text)}`)
}

function exhausted(): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'userns-exhausted',
    message: 'not enough unused IDs in user namespace',
    hint: 'Remove containers with --userns auto, ask for fewer ids with auto:size=, or enlarge the ranges in /etc/subuid and /etc/subgid',
  })
}
