// What the doctor finds: of the host, or of a container.

export interface Finding {
  /** What was looked at: `runtime`, `subordinate ids`, … */
  readonly subject: string
  /** `note`: works, though not as well as it could. */
  readonly status: 'ok' | 'note' | 'problem'
  readonly message: string
  /** The command, or the flag, that mends it. */
  readonly remedy?: string
}

export function ok(subject: string, message: string): Finding {
  return { subject, status: 'ok', message }
}

export function note(subject: string, message: string, remedy?: string): Finding {
  return { subject, status: 'note', message, ...(remedy === undefined ? {} : { remedy }) }
}

export function problem(subject: string, message: string, remedy?: string): Finding {
  return { subject, status: 'problem', message, ...(remedy === undefined ? {} : { remedy }) }
}
