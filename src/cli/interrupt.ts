// Ctrl-C and SIGTERM as an AbortSignal. The second one ends the program at once.

import { exitCodes } from './exit-code.ts'
import { Interruption } from './interruption.ts'

const controller = new AbortController()
let isListening = false

/** Aborted by SIGINT or SIGTERM, from the first call on. */
export function interruptSignal(): AbortSignal {
  if (!isListening) {
    isListening = true
    process.on('SIGINT', interrupt)
    process.on('SIGTERM', interrupt)
  }
  return controller.signal
}

/** For a command that proxies signals to a container: from now on they are its own business. Idempotent. */
export function releaseInterrupts(): void {
  process.off('SIGINT', interrupt)
  process.off('SIGTERM', interrupt)
}

function interrupt(signal: NodeJS.Signals): void {
  if (controller.signal.aborted) process.exit(signal === 'SIGTERM' ? 143 : exitCodes.interrupted)
  controller.abort(new Interruption(`interrupted by ${signal}`))
}
