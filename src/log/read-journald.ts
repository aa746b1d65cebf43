// A container's log in systemd's journal. Fields as our monitor, conmon and Docker write them.

import { toRfc3339Nano } from '../base/clock.ts'
import { type JournalRecord, readJournalRecords, syncJournal } from '../os/journal-reader.ts'
import type { LogEntry, LogWindow } from './log-entry.ts'
import { keepWithin } from './log-window.ts'
import type { LogQuery } from './read-log.ts'

export interface JournaldQuery extends LogQuery {
  /** `FIELD=value` of its entries. */
  readonly match: readonly string[]
}

/** What a container's monitor writes. */
export function entriesOfContainer(id: string): string[] {
  return [`CONTAINER_ID_FULL=${id}`]
}

/** What is written by the processes of a service, of the system's manager or of a user's: its container's among them. */
export function entriesOfService(unit: string, isUser: boolean): string[] {
  return [`${isUser ? '_SYSTEMD_USER_UNIT' : '_SYSTEMD_UNIT'}=${unit}`]
}

/** In batches. @throws unavailable `journal-unreadable`; not-found `program-not-found` */
export async function* readJournald(query: JournaldQuery): AsyncGenerator<readonly LogEntry[]> {
  const match = [...sinceArgument(query), fields, ...query.match]
  const place: Place = { cursor: undefined }
  if (query.tail !== undefined) yield keepWithin(await readTail(match, query.tail, place), query)
  else if (query.ended === undefined) yield* readOn(match, query, place)
  if (query.ended === undefined) return
  const controller = new AbortController()
  void query.ended.then(() => controller.abort())
  yield* readOn(['--follow', '--lines=all', ...match], { ...query, signal: controller.signal }, place)
  // The container's last words may still be on their way to the journal's files.
  await syncJournal()
  yield* readOn(match, query, place)
}

const fields = '--output-fields=MESSAGE,PRIORITY,CONTAINER_PARTIAL_MESSAGE'

/** Moves on with what is read. */
interface Place {
  cursor: string | undefined
}

async function* readOn(
  argv: readonly string[],
  query: LogWindow & { readonly signal?: AbortSignal },
  place: Place,
): AsyncGenerator<readonly LogEntry[]> {
  const from = place.cursor === undefined ? [] : [`--after-cursor=${place.cursor}`]
  for await (const records of readJournalRecords([...from, ...argv], query.signal)) {
    place.cursor = cursorOf(records.at(-1)) ?? place.cursor
    yield keepWithin(
      records.flatMap((record) => toEntry(record) ?? []),
      query,
    )
  }
}

/** Read backwards, as far as needed: a line that is in several entries counts once. */
async function readTail(match: readonly string[], count: number, place: Place): Promise<LogEntry[]> {
  const found: LogEntry[] = []
  let lines = 0
  for await (const records of readJournalRecords(['--reverse', ...match])) {
    place.cursor ??= cursorOf(records[0])
    for (const entry of records.flatMap((record) => toEntry(record) ?? [])) {
      if (entry.isWhole || lines === 0) lines += 1
      if (lines > count) return found.reverse()
      found.push(entry)
    }
  }
  return found.reverse()
}

function cursorOf(record: JournalRecord | undefined): string | undefined {
  return record?.get('__CURSOR')?.toString()
}

/** Undefined for what is no output. */
function toEntry(record: JournalRecord): LogEntry | undefined {
  const text = record.get('MESSAGE')
  const priority = record.get('PRIORITY')?.toString()
  if (text === undefined || (priority !== '6' && priority !== '3')) return undefined
  return {
    stream: priority === '6' ? 'stdout' : 'stderr',
    time: toRfc3339Nano(BigInt(record.get('__REALTIME_TIMESTAMP')?.toString() ?? '0') * 1000n),
    isWhole: !record.has('CONTAINER_PARTIAL_MESSAGE'),
    text: text.at(-1) === 0x0a ? text.subarray(0, -1) : text,
  }
}

/** Whole seconds: what is finer is looked at entry by entry. */
function sinceArgument({ sinceNs }: LogWindow): string[] {
  return sinceNs === undefined || sinceNs < 0n ? [] : [`--since=@${sinceNs / 1_000_000_000n}`]
}
