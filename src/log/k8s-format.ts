// k8s-file: "TIME stdout|stderr F|P TEXT", one entry a line; P where the output's line goes on. As Kubernetes reads it, a tag may carry
// more after a colon.

import type { LogEntry } from './log-entry.ts'

const lineEnd = 0x0a
const blank = 0x20
const tagP = 0x50
const [letterS, letterT, letterD, letterO, letterE, letterR] = Buffer.from('stdoer') as unknown as readonly number[]
const timeLength = '2006-01-02T15:04:05.123456789Z'.length
/** " stdout F " */
const headLength = 10

export function parseK8sLines(lines: Buffer): LogEntry[] {
  const entries: LogEntry[] = []
  for (let at = 0; at < lines.length; ) {
    const found = lines.indexOf(lineEnd, at)
    const end = found === -1 ? lines.length : found
    const entry = parseLine(lines, at, end)
    if (entry !== undefined) entries.push(entry)
    at = end + 1
  }
  return entries
}

function parseLine(lines: Buffer, at: number, end: number): LogEntry | undefined {
  // Our monitor's times all have one length.
  const timeEnd = lines[at + timeLength] === blank ? at + timeLength : lines.indexOf(blank, at)
  const streamEnd = timeEnd + 7
  const tagEnd = timeEnd + 9
  if (timeEnd === -1 || tagEnd > end || lines[streamEnd] !== blank) return undefined
  const stream = streamOf(lines, timeEnd + 1)
  if (stream === undefined) return undefined
  const isPlain = lines[tagEnd] === blank || tagEnd === end
  const textStart = isPlain ? timeEnd + headLength : textAfterTags(lines, tagEnd, end)
  return {
    stream,
    time: lines.toString('latin1', at, timeEnd),
    isWhole: lines[streamEnd + 1] !== tagP,
    text: lines.subarray(Math.min(textStart, end), end),
  }
}

/** Told apart by their letters: a comparison of texts for every entry costs as much as all else. */
function streamOf(lines: Buffer, at: number): LogEntry['stream'] | undefined {
  if (lines[at] !== letterS || lines[at + 2] !== letterD) return undefined
  if (lines[at + 3] === letterO && lines[at + 5] === letterT) return 'stdout'
  return lines[at + 3] === letterE && lines[at + 5] === letterR ? 'stderr' : undefined
}

/** `F:tag,other:value TEXT` */
function textAfterTags(lines: Buffer, at: number, end: number): number {
  const next = lines.indexOf(blank, at)
  return next === -1 || next > end ? end : next + 1
}
