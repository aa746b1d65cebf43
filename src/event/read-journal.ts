// Reading the journal: what is stored, then, woken by inotify, what comes. A torn line (a full disk) is passed over.

import { closeSync, openSync, readFileSync, readSync, statSync, watch } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'
import { type Layout, paths } from '../state/layout.ts'
import type { Event } from './journal.ts'
import { journalFiles } from './journal-files.ts'

export interface JournalQuery {
  readonly follow: boolean
  readonly signal: AbortSignal
}

export async function* readJournal(at: Layout, { follow, signal }: JournalQuery): AsyncGenerator<Event> {
  const { current, previous } = journalFiles(at)
  using changes = follow ? watchFolder(paths.events(at), signal) : undefined
  yield* parseLines(absentAsUndefined(() => readFileSync(previous, 'utf8')) ?? '')
  const tail = fileTail(current, previous)
  for (;;) {
    yield* parseLines(tail())
    if (changes === undefined || signal.aborted) return
    await changes.next()
  }
}

/** Each call returns the whole lines that came since the last one, over a rotation too. */
function fileTail(current: string, previous: string): () => string {
  let inode: number | undefined
  let offset = 0
  let rest = ''
  const more = (path: string) => {
    const text = rest + readFrom(path, offset)
    const end = text.lastIndexOf('\n') + 1
    offset += Buffer.byteLength(text) - Buffer.byteLength(rest)
    rest = text.slice(end)
    return text.slice(0, end)
  }
  return () => {
    const now = absentAsUndefined(() => statSync(current))?.ino
    let text = ''
    if (inode !== undefined && now !== inode) {
      text = absentAsUndefined(() => statSync(previous))?.ino === inode ? more(previous) : ''
      offset = 0
      rest = ''
    }
    inode = now
    return now === undefined ? text : text + more(current)
  }
}

function readFrom(path: string, offset: number): string {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  if (fd === undefined) return ''
  try {
    const chunks: Buffer[] = []
    for (let at = offset; ; ) {
      const chunk = Buffer.alloc(65_536)
      const bytes = readSync(fd, chunk, 0, chunk.length, at)
      if (bytes === 0) return Buffer.concat(chunks).toString('utf8')
      chunks.push(chunk.subarray(0, bytes))
      at += bytes
    }
  } finally {
    closeSync(fd)
  }
}

function* parseLines(text: string): Generator<Event> {
  for (const line of text.split('\n')) {
    const event = line === '' ? undefined : parseLine(line)
    if (event !== undefined) yield event
  }
}

function parseLine(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event
  } catch {
    return undefined
  }
}

interface Changes extends Disposable {
  /** Resolves at the first change since the last call, or when the signal fires. */
  next(): Promise<void>
}

function watchFolder(folder: string, signal: AbortSignal): Changes {
  let wake: () => void = () => undefined
  let hasChanged = false
  const notice = () => {
    hasChanged = true
    wake()
  }
  const watcher = watch(folder, notice)
  signal.addEventListener('abort', notice)
  return {
    async next() {
      if (!hasChanged) await new Promise<void>((resolve) => (wake = resolve))
      hasChanged = false
    },
    [Symbol.dispose]() {
      watcher.close()
      signal.removeEventListener('abort', notice)
    },
  }
}
