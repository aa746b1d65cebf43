// Events back from systemd's journal.

import { readJournalRecords } from '../os/journal-reader.ts'
import { parseEvent } from './event-line.ts'
import type { Event, JournalQuery } from './journal.ts'

/** @throws unavailable `journal-unreadable`; not-found `program-not-found` */
export async function* readJournalEvents(root: string, query: JournalQuery): AsyncGenerator<Event> {
  const lines = query.follow ? ['--follow', query.isNewOnly === true ? '--lines=0' : '--lines=all'] : []
  const match = ['--output-fields=GANTRY_EVENT', 'SYSLOG_IDENTIFIER=gantry', `GANTRY_ROOT=${root}`]
  for await (const records of readJournalRecords([...lines, ...match], query.signal)) {
    for (const record of records) {
      const event = parseEvent(record.get('GANTRY_EVENT')?.toString('utf8') ?? '')
      if (event !== undefined) yield event
    }
  }
}
