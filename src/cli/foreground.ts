// This process as a container's foreground: standard streams, raw terminal, window size, signals. Whatever it changes of the terminal
// it puts back.

import { native } from '../os/native.ts'
import { isTerminal } from '../os/terminal.ts'
import type { AttachStreams } from '../runtime/attach-client.ts'
import { parseDetachKeys } from '../runtime/detach-keys.ts'
import type { WindowSize } from '../spec/facts.ts'
import { releaseInterrupts } from './interrupt.ts'
import { type CaughtSignals, catchProxied, catchSignals } from './proxied-signals.ts'

export interface ForegroundPlan {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  /** Whether the process over there has a terminal. */
  readonly hasTerminal: boolean
  readonly detachKeys: string
  readonly isSignalProxied: boolean
}

export interface Foreground extends Disposable {
  /** From now on signals are the container's; those that come before its streams are connected wait. */
  takeSignals(): void
  /** Of our terminal, for the one over there. */
  windowSize(): WindowSize | undefined
  /** After takeSignals. */
  streams(): AttachStreams
  /** Keys go to the container as they are typed. */
  takeKeys(): void
}

/** @throws invalid `detach-keys-invalid` */
export function openForeground(plan: ForegroundPlan): Foreground {
  const detachKeys = parseDetachKeys(plan.detachKeys)
  const isInteractive = plan.stdin && plan.hasTerminal && isTerminal(0)
  let signals: CaughtSignals | undefined
  let found: Buffer | undefined
  return {
    takeSignals() {
      signals = catchForPlan(plan, isInteractive)
    },
    windowSize() {
      const window = windowOf(plan)
      const size = window === undefined ? undefined : native().terminalSize(window)
      return size === undefined || size.rows === 0 || size.columns === 0 ? undefined : size
    },
    streams: () => ({ ...streamsOf(plan, signals), detachKeys: isTerminal(0) ? detachKeys : [] }),
    takeKeys() {
      if (isInteractive) found = native().setRaw(0)
    },
    [Symbol.dispose]() {
      if (found !== undefined) restore(found)
      signals?.[Symbol.dispose]()
    },
  }
}

/** A closed terminal's hang-up ends the client alone; a client in the background that reads its terminal is stopped. */
function catchForPlan(plan: ForegroundPlan, isInteractive: boolean): CaughtSignals {
  const ofWindow = plan.hasTerminal ? ['SIGWINCH'] : []
  if (!plan.isSignalProxied) {
    releaseInterrupts()
    return catchSignals(ofWindow)
  }
  const ofJob = plan.stdin && isTerminal(0) ? ['SIGTTIN', 'SIGTTOU'] : []
  return catchProxied({ kept: [...(isInteractive ? ['SIGHUP'] : []), ...ofJob], ignored: [], caught: ofWindow })
}

function windowOf(plan: ForegroundPlan): number | undefined {
  return plan.hasTerminal ? [1, 0, 2].find(isTerminal) : undefined
}

function streamsOf(plan: ForegroundPlan, signals: CaughtSignals | undefined): Omit<AttachStreams, 'detachKeys'> {
  const window = windowOf(plan)
  return {
    ...(plan.stdin ? { stdin: 0 } : {}),
    ...(plan.stdout ? { stdout: 1 } : {}),
    ...(plan.stderr ? { stderr: 2 } : {}),
    ...(signals === undefined ? {} : { signals: signals.fd }),
    ...(window === undefined ? {} : { window }),
  }
}

/** A terminal that has been closed meanwhile has no mode. */
function restore(mode: Buffer): void {
  if (isTerminal(0)) native().restoreTerminal(0, mode)
}
