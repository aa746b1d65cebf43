// The events journal, whichever backend keeps it: files of JSON lines, systemd's journal, or nothing.

/** Podman's event fields (podman-events(1)). */
export interface Event {
  /** RFC 3339 with nanoseconds. */
  readonly time: string
  readonly type: 'artifact' | 'container' | 'image' | 'pod' | 'volume' | 'network' | 'system' | 'secret' | 'machine'
  /** podman's status words: create, start, died, remove, pull, … */
  readonly status: string
  readonly id?: string
  readonly name?: string
  readonly image?: string
  readonly exitCode?: number
  readonly podId?: string
  readonly network?: string
  readonly error?: string
  readonly healthStatus?: string
  readonly healthLog?: string
  readonly healthFailingStreak?: number
  /** `inspect`'s JSON, where containers.conf asks for it. */
  readonly inspectData?: string
  /** Labels, and what else podman says of an event. */
  readonly attributes?: Readonly<Record<string, string>>
}

export interface JournalQuery {
  readonly follow: boolean
  /** Ends the reading. */
  readonly signal: AbortSignal
  /** Passes over what is stored. */
  readonly isNewOnly?: boolean
}

export interface EventJournal {
  /** One write(2), never part of a line. Failing to append (full disk) is a debug line, never an error. */
  append(event: Omit<Event, 'time'>): void
  /** Stored events in order, then (follow) new ones as they come, until `signal`. @throws unsupported `events-not-kept` */
  read(query: JournalQuery): AsyncIterable<Event>
}
