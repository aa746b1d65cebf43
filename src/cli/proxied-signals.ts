// Which signals of this process are a container's, and their pipe.

import { constants } from 'node:os'
import { native } from '../os/native.ts'

/** Meant for this very program (podman's list), or impossible to catch, or a sign that this program itself has crashed. */
const unproxied = new Set(['SIGCHLD', 'SIGPIPE', 'SIGURG', 'SIGKILL', 'SIGSTOP', 'SIGWINCH', 'SIGPROF'])
const faults = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGTRAP', 'SIGSYS', 'SIGIOT'])

export interface CaughtSignals extends Disposable {
  /** Whose bytes are the signals that came, also before anybody read. */
  readonly fd: number
}

interface Exceptions {
  /** As they were before. */
  readonly kept: readonly string[]
  readonly ignored: readonly string[]
  /** Though they are not a container's. */
  readonly caught: readonly string[]
}

/** SIGRTMIN to SIGRTMAX, for which Node has no names: SIGRTMIN+3 tells systemd to halt. */
const realTime = Array.from({ length: 31 }, (_, index) => 34 + index)

/** Every signal that can be a container's is caught until disposed; an interrupt does not end this program meanwhile. */
export function catchProxied({ kept, ignored, caught }: Exceptions): CaughtSignals {
  const isProxied = (name: string) =>
    !unproxied.has(name) && !faults.has(name) && !kept.includes(name) && !ignored.includes(name)
  const named = [...Object.keys(constants.signals).filter(isProxied), ...caught]
  return take([...named.map(numberOf), ...realTime], ignored.map(numberOf))
}

export function catchSignals(names: readonly string[]): CaughtSignals {
  return take(names.map(numberOf), [])
}

function take(caught: readonly number[], ignored: readonly number[]): CaughtSignals {
  const fd = native().catchSignals(caught, ignored)
  return { fd, [Symbol.dispose]: () => native().releaseSignals() }
}

function numberOf(name: string): number {
  return constants.signals[name as NodeJS.Signals]
}
