// Errors as users read them: `Error: message`, then the hint on a line of its own.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { bareErrors } from '../exit-code.ts'
import { Interruption } from '../interruption.ts'
import { asCalled } from '../program-name.ts'
import { complain } from './print.ts'

/** Prints without ending anything: for commands that go on with the next container. */
export function printError(error: unknown): void {
  complain(errorText(error))
}

function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map((part) => errorText(part)).join('')
  if (error instanceof EngineError) {
    if (bareErrors.has(error.code)) return `${error.message}\n`
    const hint = error.hint === undefined ? '' : `${asCalled(error.hint)}\n`
    return `Error: ${error.message}\n${hint}${process.env['GANTRY_DEBUG_STACKS'] === undefined ? '' : `${error.stack}\n`}`
  }
  if (error instanceof Interruption || (error instanceof Error && 'syscall' in error))
    return `Error: ${errorMessage(error)}\n`
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `Error: ${what}\nThis is a defect of Gantry. Please report it with the lines above.\n`
}
