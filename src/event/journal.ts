// The events journal: JSON lines appended with O_APPEND, rotated by size. Followers use inotify.

/** Podman's event fields (podman-events(1)), as stored. */
export interface Event {
  readonly time: string
  readonly type: 'container' | 'image' | 'pod' | 'volume' | 'network' | 'system' | 'secret'
  /** podman's status words: create, start, died, remove, pull, … */
  readonly status: string
  readonly id?: string
  readonly name?: string
  readonly image?: string
  readonly exitCode?: number
  readonly attributes?: Readonly<Record<string, string>>
}

export interface EventJournal {
  /** One write(2), never part of a line. Failing to append (full disk) is a debug line, never an error. */
  append(event: Omit<Event, 'time'>): void
  /** Stored events in order, then (follow) new ones as they come, until `signal`. */
  read(query: { follow: boolean; signal: AbortSignal }): AsyncIterable<Event>
}
