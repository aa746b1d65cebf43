// The one error type that crosses levels. Front doors map its kind to an exit code, an HTTP or a gRPC status.

import { systemMessage, systemReason } from './system-error.ts'

export type ErrorKind =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'invalid'
  | 'unsupported'
  | 'denied'
  | 'unavailable'
  | 'corrupt'
  | 'canceled'
  | 'internal'

export interface ErrorFacts {
  readonly kind: ErrorKind
  /** Stable, kebab-case, documented: scripts may match on it. */
  readonly code: string
  /** Lower case, no full stop, the object quoted: "no container 'web'". */
  readonly message: string
  /** One sentence, or a command to type. */
  readonly hint?: string
  readonly cause?: unknown
}

/** What users, callers and peers are told. Bugs throw plain `Error` instead. */
export class EngineError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly hint: string | undefined

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'EngineError'
    this.kind = facts.kind
    this.code = facts.code
    this.hint = facts.hint
  }
}

/** Bad input from a user or a peer: shorthand for the commonest kind. */
export function invalid(code: string, message: string, hint?: string): EngineError {
  return new EngineError({ kind: 'invalid', code, message, ...(hint === undefined ? {} : { hint }) })
}

/** The errno name of a failed system call ("ENOENT"), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined
}

/** Runs `read`; a missing file or folder (ENOENT, ENOTDIR) becomes undefined, everything else is thrown. */
export function absentAsUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined
    throw error
  }
}

/** The message of whatever was thrown. */
export function errorMessage(error: unknown): string {
  return systemMessage(error) ?? (error instanceof Error ? error.message : String(error))
}

/** The same where the path is said beside it: of a failed system call only why. */
export function errorReason(error: unknown): string {
  return systemReason(error) ?? errorMessage(error)
}
