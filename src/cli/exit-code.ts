// Podman's exit contract: 125 our own error, 126 not executable, 127 not found, 130 interrupted; else what the container returned.

import { EngineError } from '../base/errors.ts'

export const exitCodes = { failed: 125, notExecutable: 126, notFound: 127, interrupted: 130, brokenPipe: 141 } as const

/** Codes of errors that tell of the container's command, not of ours: see runtime/runtime-error.ts. */
const notExecutable = new Set(['oci-permission-denied', 'oci-runtime-failed'])

/** podman prints these without `Error:`, and ends with 1. */
export const bareErrors: ReadonlySet<string> = new Set(['log-level-unknown', 'log-level-conflict'])

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof EngineError)) return exitCodes.failed
  if (error.code === 'oci-not-found') return exitCodes.notFound
  if (notExecutable.has(error.code)) return exitCodes.notExecutable
  if (bareErrors.has(error.code)) return 1
  return error.kind === 'canceled' ? exitCodes.interrupted : exitCodes.failed
}
