// Where the last N lines of a log begin, found from its end: a log may be long.

import type { ParseLines } from './log-entry.ts'
import type { LogFile } from './log-files.ts'

export interface TailPlace {
  /** Index into the files. */
  readonly file: number
  readonly offset: number
}

export interface TailRequest {
  readonly files: readonly LogFile[]
  readonly count: number
  readonly parse: ParseLines
}

const blockBytes = 64 * 1024
const lineEnd = 0x0a

/** A line that is in several entries counts once, and so does one at the very end that has not ended. */
export function findTail({ files, count, parse }: TailRequest): TailPlace {
  const newest = files.at(-1)
  if (count === 0 || newest === undefined) return { file: Math.max(0, files.length - 1), offset: newest?.size() ?? 0 }
  let found = 0
  for (let index = files.length - 1; index >= 0; index -= 1) {
    for (const { start, line } of linesBackwards(files[index] as LogFile)) {
      const [entry] = parse(line)
      if (entry === undefined) continue
      if (entry.isWhole || found === 0) found += 1
      if (found > count) return { file: index, offset: start + line.length }
    }
  }
  return { file: 0, offset: 0 }
}

interface Line {
  readonly start: number
  /** With its line end. */
  readonly line: Buffer
}

/** The last line may lack its end. */
function* linesBackwards(file: LogFile): Generator<Line> {
  let start = file.size()
  let held = Buffer.alloc(0)
  while (start > 0) {
    const size = Math.min(blockBytes, start)
    start -= size
    held = Buffer.concat([readExactly(file, start, size), held])
    for (;;) {
      // The line end before the one that ends the last line.
      const before = held.length < 2 ? -1 : held.lastIndexOf(lineEnd, held.length - 2)
      if (before === -1) break
      yield { start: start + before + 1, line: held.subarray(before + 1) }
      held = held.subarray(0, before + 1)
    }
  }
  if (held.length > 0) yield { start: 0, line: held }
}

function readExactly(file: LogFile, offset: number, size: number): Buffer {
  return file.read(offset).subarray(0, size)
}
