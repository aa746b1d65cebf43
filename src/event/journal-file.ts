// The events journal as files of JSON lines in $ROOT/events. Appending is one write(2) with O_APPEND, so that lines of several writers
// never mix; a full file becomes `events.log.1`, and the next line begins a new one.

import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import { systemClock } from '../base/clock.ts'
import { logDebug } from '../base/log.ts'
import type { Layout } from '../state/layout.ts'
import type { Event, EventJournal } from './journal.ts'
import { journalFiles } from './journal-files.ts'

const maxBytes = 8 * 1024 * 1024

/** `none` forgets everything. */
export function openJournal(at: Layout, backend: 'file' | 'journald' | 'none'): EventJournal {
  return {
    append(event) {
      if (backend !== 'none') append(at, { time: systemClock.now(), ...event })
    },
    async *read(query) {
      const { readJournal } = await import('./read-journal.ts')
      yield* readJournal(at, query)
    },
  }
}

function append(at: Layout, event: Event): void {
  const { current, previous } = journalFiles(at)
  try {
    const fd = openSync(current, 'a', 0o600)
    try {
      writeSync(fd, `${JSON.stringify(event)}\n`)
      // Two writers may both rename: the second moves an almost empty file, and nothing but old lines is lost.
      if (fstatSync(fd).size > maxBytes) renameSync(current, previous)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    logDebug('an event was not recorded', { error: String(error) })
  }
}
