// A container's log file from its beginning or its last lines on, over rotated files, and on as it grows. Woken by inotify; never polls.

import { basename, dirname } from 'node:path'
import { wholeLines } from '../base/whole-lines.ts'
import { type FolderChanges, watchFolder } from '../os/watch-folder.ts'
import { findTail } from './find-tail.ts'
import type { LogEntry, LogWindow, ParseLines } from './log-entry.ts'
import { currentInode, type LogFile, openLogFiles } from './log-files.ts'
import { keepWithin } from './log-window.ts'

export interface LogQuery extends LogWindow {
  /** The last lines only; all if absent. */
  readonly tail?: number | undefined
  /** Resolves when nothing will be added any more; absent: what is there now. Never rejects. */
  readonly ended?: Promise<void> | undefined
}

export interface LogFileQuery extends LogQuery {
  readonly path: string
  readonly parse: ParseLines
}

/** In batches. Goes on reading files that are rotated away or removed meanwhile. No log at all is an empty one. */
export async function* readLogFile(query: LogFileQuery): AsyncGenerator<readonly LogEntry[]> {
  const { path, parse, ended } = query
  const end = endSignal(ended)
  using changes = ended === undefined ? undefined : watchLog(path, end)
  const files = openLogFiles(path)
  using reader = fileReader(files, query.tail === undefined ? undefined : findTail({ files, count: query.tail, parse }))
  for (;;) {
    const isLast = changes === undefined || end.aborted
    for (const lines of reader.rest(path)) yield keepWithin(parse(lines), query)
    if (isLast) return yield keepWithin(parse(reader.unended()), query)
    await changes.next()
  }
}

function endSignal(ended: Promise<void> | undefined): AbortSignal {
  const controller = new AbortController()
  void ended?.then(() => controller.abort())
  return controller.signal
}

function watchLog(path: string, signal: AbortSignal): FolderChanges | undefined {
  const name = basename(path)
  return watchFolder(dirname(path), { signal, isTelling: (changed) => changed.startsWith(name) })
}

interface FileReader extends Disposable {
  /** Whole lines until the end of the newest file, over rotations. */
  rest(path: string): Generator<Buffer>
  /** What stands behind the last line end. */
  unended(): Buffer
}

function fileReader(opened: LogFile[], place = { file: 0, offset: 0 }): FileReader {
  let files = opened
  let { file: index, offset } = place
  const lines = wholeLines()
  function* toEnd(): Generator<Buffer> {
    const file = files[index]
    if (file === undefined) return
    // Somebody emptied it.
    if (file.size() < offset) offset = 0
    for (let piece = file.read(offset); piece.length > 0; piece = file.read(offset)) {
      offset += piece.length
      yield lines.push(piece)
    }
  }
  return {
    *rest(path) {
      for (;;) {
        yield* toEnd()
        if (index >= files.length - 1 && !hasMoved(files.at(-1), path)) return
        // What came between our last look and the rotation.
        yield* toEnd()
        if (index < files.length - 1) index += 1
        else {
          const newer = openLogFiles(path, files.at(-1)?.inode)
          if (newer.length === 0) return
          for (const file of files) file[Symbol.dispose]()
          files = newer
          index = 0
        }
        offset = 0
        // A torn entry at its end is nobody's beginning.
        lines.rest()
      }
    },
    unended: () => lines.rest(),
    [Symbol.dispose]() {
      for (const file of files) file[Symbol.dispose]()
    },
  }
}

/** Another file has taken its place. */
function hasMoved(file: LogFile | undefined, path: string): boolean {
  const now = currentInode(path)
  return now !== undefined && now !== file?.inode
}
