// json-file, Docker's format: {"log":"line\n","stream":"stdout","attrs":{…},"time":"…"}, one entry a line; a text without \n goes on.

import type { LogEntry } from './log-entry.ts'

interface JsonEntry {
  readonly log?: unknown
  readonly stream?: unknown
  readonly time?: unknown
  readonly attrs?: Readonly<Record<string, string>>
}

export function parseJsonLines(lines: Buffer): LogEntry[] {
  return lines
    .toString('utf8')
    .split('\n')
    .flatMap((line) => parseLine(line) ?? [])
}

function parseLine(line: string): LogEntry | undefined {
  const entry = line === '' ? undefined : parseEntry(line)
  if (typeof entry?.log !== 'string' || typeof entry.time !== 'string') return undefined
  if (entry.stream !== 'stdout' && entry.stream !== 'stderr') return undefined
  const isWhole = entry.log.endsWith('\n')
  return {
    stream: entry.stream,
    time: entry.time,
    isWhole,
    text: Buffer.from(isWhole ? entry.log.slice(0, -1) : entry.log),
    ...(entry.attrs === undefined ? {} : { attributes: entry.attrs }),
  }
}

function parseEntry(line: string): JsonEntry | undefined {
  try {
    return JSON.parse(line) as JsonEntry
  } catch {
    return undefined
  }
}
