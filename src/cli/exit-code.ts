// Podman's exit contract: 125 our own error, 126 not executable, 127 not found, 130 interrupted; else what the container returned.

import { EngineError } from '../base/errors.ts'
import { Interruption } from './interruption.ts'

export const exitCodes = { failed: 125, notExecutable: 126, notFound: 127, interrupted: 130, brokenPipe: 141 } as const

/** Codes of errors that tell of the container's command, not of ours: see runtime/runtime-error.ts. */
const notExecutable = new Set(['oci-permission-denied', 'oci-runtime-failed', 'start-failed'])
const notFound = new Set(['oci-not-found', 'start-not-found'])

/** podman prints these without `Error:`, and ends with 1. */
export const bareErrors: ReadonlySet<string> = new Set(['log-level-unknown', 'log-level-conflict', 'module-unknown'])

/**
 * podman gives a start that fails 127 or 126, by the words of the error, whatever it is; the runtime's own errors have codes that say
 * so already.
 */
export function startFailure(error: unknown): unknown {
  if (!(error instanceof EngineError) || error.kind === 'canceled' || error.code.startsWith('oci-')) return error
  const { kind, message, hint } = error
  const code = /not found|no such file/i.test(message) ? 'start-not-found' : 'start-failed'
  return new EngineError({ kind, code, message, cause: error, ...(hint === undefined ? {} : { hint }) })
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) return exitCodes.interrupted
  if (!(error instanceof EngineError)) return exitCodes.failed
  if (notFound.has(error.code)) return exitCodes.notFound
  if (notExecutable.has(error.code)) return exitCodes.notExecutable
  if (bareErrors.has(error.code)) return 1
  return error.kind === 'canceled' ? exitCodes.interrupted : exitCodes.failed
}
