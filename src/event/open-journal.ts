// The journal that the settings name. Cheap to open: every command that changes something does.

import { systemClock } from '../base/clock.ts'
import { EngineError } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import type { Event, EventJournal } from './journal.ts'
import { appendToFile, type JournalFile } from './journal-file.ts'
import { sendToJournal } from './journald.ts'

export type JournalPlace =
  | ({ readonly backend: 'file' } & JournalFile)
  | { readonly backend: 'journald'; readonly root: string }
  | { readonly backend: 'none' }

export function openJournal(place: JournalPlace): EventJournal {
  return {
    append(event) {
      try {
        append(place, { time: systemClock.now(), ...event })
      } catch (error) {
        logDebug('an event was not recorded', { error: String(error) })
      }
    },
    async *read(query) {
      switch (place.backend) {
        case 'none':
          throw notKept()
        case 'file': {
          const { readJournalFile } = await import('./read-journal-file.ts')
          return yield* readJournalFile(place.path, query)
        }
        case 'journald': {
          const { readJournalEvents } = await import('./read-journald.ts')
          return yield* readJournalEvents(place.root, query)
        }
      }
    },
  }
}

function append(place: JournalPlace, event: Event): void {
  if (place.backend === 'file') appendToFile(place, event)
  else if (place.backend === 'journald') sendToJournal(place.root, event)
}

function notKept(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'events-not-kept',
    message: 'cannot read events with the "none" backend',
  })
}
