// What `system check` finds: each problem with its cures.

export interface Problem {
  /** Stable, kebab-case. */
  readonly code: string
  /** Lower case, no full stop, one line: for the user. */
  readonly message: string
  /** Makes it good and loses nothing. Idempotent; takes the locks it needs; leaves alone what turns out to be alive. */
  readonly heal?: () => Promise<unknown> | unknown
  /** Takes away what cannot be healed, and what depends on it. */
  readonly remove?: () => Promise<unknown> | unknown
}

/** The same problem, however often it is found. */
export function problemKey({ code, message }: Problem): string {
  return `${code} ${message}`
}
