// Several errors of one command, as podman joins them: one stands for itself, more become a list.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { printError } from './error.ts'
import { complain } from './print.ts'

export function complainJoined(errors: readonly unknown[]): void {
  if (errors.length === 0) return
  if (errors.length === 1) return printError(errors[0])
  const lines = errors.map((error) => `\n\t* ${errorMessage(error)}`)
  complain(`Error: ${errors.length} errors occurred:${lines.join('')}\n`)
  const hints = errors.flatMap((error) => (error instanceof EngineError ? (error.hint ?? []) : []))
  for (const hint of new Set(hints)) complain(`${hint}\n`)
}
