// This process as a container's foreground: standard streams, raw terminal, window size, signals. Whatever it changes of the terminal
// it puts back.

import { constants } from 'node:os'
import { native } from '../os/native.ts'
import { isTerminal } from '../os/terminal.ts'
import type { AttachClient, AttachStreams } from '../runtime/attach-client.ts'
import { parseDetachKeys } from '../runtime/detach-keys.ts'
import { type OutputSink, outputSink } from '../runtime/output-sink.ts'
import { releaseInterrupts } from './interrupt.ts'
import { isSameOutput } from './render/print.ts'

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
  readonly streams: AttachStreams
  /** From now on signals are the container's; those that come before `bind` wait. */
  takeSignals(): void
  /** Signals, window size and keys go to this client. */
  bind(client: AttachClient): void
}

/** @throws invalid `detach-keys-invalid` */
export function openForeground(plan: ForegroundPlan): Foreground {
  const isInteractive = plan.stdin && plan.hasTerminal && isTerminal(0)
  const detachKeys = parseDetachKeys(plan.detachKeys)
  const undo: (() => void)[] = []
  const signals = signalQueue()
  return {
    streams: {
      ...outputs(plan),
      ...(plan.stdin ? { stdin: process.stdin } : {}),
      detachKeys: isTerminal(0) ? detachKeys : [],
    },
    takeSignals() {
      if (!plan.isSignalProxied) releaseInterrupts()
      else undo.push(proxySignals(signals.push, isInteractive ? ['SIGHUP'] : []))
    },
    bind(client) {
      signals.connect((signal) => client.signal(signal))
      if (plan.hasTerminal) undo.push(followWindow(client))
      if (isInteractive) undo.push(makeRaw())
    },
    [Symbol.dispose]() {
      for (const step of undo.splice(0).reverse()) step()
    },
  }
}

/** Where both streams are one pipe or terminal, one sink keeps the order in which their pieces came. */
function outputs(plan: ForegroundPlan): { stdout?: OutputSink; stderr?: OutputSink } {
  const stdout = plan.stdout ? outputSink(1) : undefined
  const stderr = plan.stderr ? (stdout !== undefined && isSameOutput() ? stdout : outputSink(2)) : undefined
  return { ...(stdout === undefined ? {} : { stdout }), ...(stderr === undefined ? {} : { stderr }) }
}

function signalQueue() {
  const waiting: number[] = []
  let deliver: ((signal: number) => void) | undefined
  return {
    push(signal: number) {
      if (deliver === undefined) waiting.push(signal)
      else deliver(signal)
    },
    connect(to: (signal: number) => void) {
      deliver = to
      for (const signal of waiting.splice(0)) to(signal)
    },
  }
}

/** Meant for this very program (podman's list), or impossible to catch, or a sign that this program itself has crashed. */
const unproxied = new Set(['SIGCHLD', 'SIGPIPE', 'SIGURG', 'SIGKILL', 'SIGSTOP', 'SIGWINCH', 'SIGPROF'])
const faults = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGTRAP', 'SIGSYS', 'SIGIOT'])

/** Every catchable signal of this process but those `kept` (a closed terminal's hang-up ends the client alone) goes to `push`; the returned function ends that. */
function proxySignals(push: (signal: number) => void, kept: readonly string[]): () => void {
  const names = Object.keys(constants.signals).filter(
    (name) => !unproxied.has(name) && !faults.has(name) && !kept.includes(name),
  )
  const listeners = names.map((name) => {
    const listener = () => push(constants.signals[name as NodeJS.Signals])
    process.on(name as NodeJS.Signals, listener)
    return () => process.off(name as NodeJS.Signals, listener)
  })
  releaseInterrupts()
  return () => {
    for (const remove of listeners) remove()
  }
}

function followWindow(client: AttachClient): () => void {
  const fd = [1, 0, 2].find((candidate) => isTerminal(candidate))
  if (fd === undefined) return () => undefined
  const tell = () => {
    const size = native().terminalSize(fd)
    if (size !== undefined && size.rows > 0 && size.columns > 0) client.resize(size)
  }
  tell()
  process.on('SIGWINCH', tell)
  return () => process.off('SIGWINCH', tell)
}

function makeRaw(): () => void {
  process.stdin.setRawMode(true)
  return () => {
    if (!process.stdin.destroyed) process.stdin.setRawMode(false)
  }
}
