// Reading the journal file: what is stored, then, woken by inotify, what comes, over rotations. A torn line (a full disk) is passed over.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'
import { wholeLines } from '../base/whole-lines.ts'
import { makeFolders } from '../os/make-folders.ts'
import { watchFolder } from '../os/watch-folder.ts'
import { parseEvent } from './event-line.ts'
import type { Event, JournalQuery } from './journal.ts'

export async function* readJournalFile(path: string, query: JournalQuery): AsyncGenerator<Event> {
  const { follow, signal, isNewOnly } = query
  const name = basename(path)
  if (follow) makeFolders(dirname(path), 0o700)
  using changes = follow ? watchFolder(dirname(path), { signal, isTelling: (changed) => changed === name }) : undefined
  using reader = journalReader(path)
  if (isNewOnly === true) reader.lines()
  for (;;) {
    for (const line of reader.lines()) {
      const event = parseEvent(line)
      if (event !== undefined) yield event
    }
    if (changes === undefined || signal.aborted) return
    await changes.next()
  }
}

interface OpenJournal {
  readonly fd: number
  readonly inode: number
}

/** Each call of `lines` returns the whole lines that came since the last one. */
function journalReader(path: string): Disposable & { lines(): string[] } {
  let file = open(path)
  let offset = 0
  let last: string | undefined
  const splitter = wholeLines()
  const drain = () => {
    if (file === undefined) return []
    const piece = readFrom(file.fd, offset)
    offset += piece.length
    const lines = splitter.push(piece).toString('utf8').split('\n').slice(0, -1)
    last = lines.at(-1) ?? last
    return lines
  }
  return {
    lines() {
      const lines = drain()
      for (let now = open(path); now !== undefined; now = open(path)) {
        if (now.inode === file?.inode) {
          closeSync(now.fd)
          break
        }
        // What was written between our last look and the rotation.
        lines.push(...drain())
        if (file !== undefined) closeSync(file.fd)
        file = now
        offset = placeAfter(now.fd, last)
        splitter.rest()
        lines.push(...drain())
      }
      return lines
    },
    [Symbol.dispose]() {
      if (file !== undefined) closeSync(file.fd)
    },
  }
}

function open(path: string): OpenJournal | undefined {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  return fd === undefined ? undefined : { fd, inode: fstatSync(fd).ino }
}

/** The line that was read last was copied with the newer half; events carry nanoseconds, so no two lines are the same. */
function placeAfter(fd: number, last: string | undefined): number {
  if (last === undefined) return 0
  const line = Buffer.from(`${last}\n`)
  const at = readFrom(fd, 0).indexOf(line)
  return at === -1 ? 0 : at + line.length
}

function readFrom(fd: number, offset: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - offset))
  return bytes.subarray(0, bytes.length === 0 ? 0 : readSync(fd, bytes, 0, bytes.length, offset))
}
