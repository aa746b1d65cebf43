// What has happened, and what happens.

import { passageOf } from '../../base/passage.ts'
import type { Event } from '../../event/journal.ts'
import type { Engine } from '../engine.ts'
import { compileEventFilters, type EventWindow } from './event-filter.ts'

export interface EventsRequest extends EventWindow {
  /** `name=value`: see event-filter.ts. */
  readonly filters: readonly string[]
  /** Goes on until the engine's signal fires or `untilNs` has come. Without a window only new events are wanted then. */
  readonly follow: boolean
}

/** @throws invalid `filter-malformed`; unsupported `events-not-kept` */
export async function* events(engine: Engine, request: EventsRequest): AsyncGenerator<Event> {
  const { follow, sinceNs, untilNs } = request
  const isWanted = compileEventFilters(request.filters, request)
  const end = new AbortController()
  if (untilNs !== undefined) void passageOf(untilNs, end.signal).then(() => end.abort())
  try {
    const journal = engine.events.read({
      follow: follow && (untilNs === undefined || untilNs > nowNs()),
      signal: AbortSignal.any([engine.signal, end.signal]),
      isNewOnly: follow && sinceNs === undefined && untilNs === undefined,
    })
    for await (const event of journal) if (isWanted(event)) yield event
  } finally {
    end.abort()
  }
}

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}
