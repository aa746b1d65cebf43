// One entry of a container's log, whichever driver wrote it.

export interface LogEntry {
  readonly stream: 'stdout' | 'stderr'
  /** RFC 3339 with nanoseconds, as it was written. */
  readonly time: string
  /** False where the line goes on in the stream's next entry, or never ended. */
  readonly isWhole: boolean
  /** Without the line end. */
  readonly text: Buffer
  /** Tag and labels, where the format keeps them (json-file). */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Entries from the lines of a log file; every line is whole. What is no entry (a torn write, a stranger's hand) is passed over. */
export type ParseLines = (lines: Buffer) => LogEntry[]

export interface LogWindow {
  /** Nanoseconds since 1970, both exclusive. */
  readonly sinceNs?: bigint | undefined
  readonly untilNs?: bigint | undefined
}
