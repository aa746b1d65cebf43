// Event filters with podman's names. Values of one filter are alternatives, different filters must all match.

import { invalid } from '../../base/errors.ts'
import { dateNs } from '../../base/point-in-time.ts'
import type { Event } from '../../event/journal.ts'

export interface EventWindow {
  /** Nanoseconds since 1970, both exclusive. */
  readonly sinceNs: bigint | undefined
  readonly untilNs: bigint | undefined
}

type EventFilter = (event: Event) => boolean

/** @throws invalid `filter-malformed` */
export function compileEventFilters(texts: readonly string[], window: EventWindow): EventFilter {
  const groups = new Map<string, EventFilter[]>()
  for (const text of texts) {
    const [key, value] = split(text)
    groups.set(key, [...(groups.get(key) ?? []), compile(key, value)])
  }
  const all = [...groups.values()]
  return (event) => isWithin(event, window) && all.every((filters) => filters.some((filter) => filter(event)))
}

function split(text: string): [key: string, value: string] {
  const at = text.indexOf('=')
  if (at === -1) throw malformed(text)
  return [text.slice(0, at).toLowerCase(), text.slice(at + 1)]
}

function compile(key: string, value: string): EventFilter {
  switch (key) {
    case 'container':
    case 'image':
    case 'pod':
    case 'artifact':
      return ({ type, name, id }) => type === key && (name === value || id?.startsWith(value) === true)
    case 'volume':
      return ({ type, name }) => type === 'volume' && name?.startsWith(value) === true
    case 'event':
    case 'status': {
      // docker's word
      const status = value === 'die' ? 'died' : value
      return (event) => event.status === status
    }
    case 'type':
      return ({ type }) => type === value
    case 'label':
      return labelFilter(value)
    default:
      throw malformed(key)
  }
}

/** `key=value`, or a key with any value. */
function labelFilter(text: string): EventFilter {
  const at = text.indexOf('=')
  if (at === -1) return ({ attributes = {} }) => Object.hasOwn(attributes, text)
  const [key, value] = [text.slice(0, at), text.slice(at + 1)]
  return ({ attributes = {} }) => Object.hasOwn(attributes, key) && attributes[key] === value
}

function isWithin({ time }: Event, { sinceNs, untilNs }: EventWindow): boolean {
  if (sinceNs === undefined && untilNs === undefined) return true
  const ns = dateNs(time) ?? 0n
  return (sinceNs === undefined || ns > sinceNs) && (untilNs === undefined || ns < untilNs)
}

function malformed(text: string): Error {
  return invalid('filter-malformed', `failed to parse event filters: ${text} is an invalid filter`)
}
