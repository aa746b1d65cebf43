// A further process in a container, to its end, with its output kept and a time that it may take: a health check.

import { closeSync, readFileSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { absentAsUndefined } from '../base/errors.ts'
import { native } from '../os/native.ts'
import { killQuietly, namespaceOf } from '../os/process.ts'
import { childrenOf, killTree, parentOf } from '../os/process-tree.ts'
import { nothing, spawnProcess } from '../os/spawn.ts'
import type { OciRuntime } from './oci-runtime.ts'
import { runtimeError } from './runtime-error.ts'

export interface TimedExec {
  readonly runtime: OciRuntime
  readonly id: string
  /** The container's first process. */
  readonly containerPid: number
  readonly processFile: string
  /** Gets `pid`, which stays, and the runtime's log. */
  readonly folder: string
  /** The runtime is started under it. */
  readonly filter: Buffer | undefined
  readonly timeoutMs: number
}

export interface TimedEnd {
  readonly exitCode: number
  /** Then it is killed, with all that it has started. */
  readonly isTimedOut: boolean
  /** Standard output and error, as they came. */
  readonly output: string
}

/** Whoever holds the pipe open when the process has ended, and says nothing, is not waited for longer. */
const drainMs = 500
/** Who says more is killed. */
const maxOutputBytes = 16 << 20
const adoptionMs = 5000
/** How many runtimes of ours are at work: what they have started may be anybody's. */
let starting = 0
/** Those of ours that are in a container, and waited for. */
const watched = new Set<number>()

/**
 * The runtime leaves the process to us, its subreaper, and with it our pipe: nobody stands between it and its end. Nothing of a failed
 * one is left.
 * @throws what runtimeError makes of the runtime's words
 */
export async function execWithin(request: TimedExec): Promise<TimedEnd> {
  native().setSubreaper()
  const startedAt = performance.now()
  const [output, theirs] = native().pipe()
  let pid: number | undefined
  starting += 1
  try {
    pid = await startDetached(request, theirs)
  } finally {
    starting -= 1
    if (pid === undefined) {
      closeSync(output)
      await reapStrays(request.containerPid)
    }
  }
  if (pid !== undefined) return endWithin(pid, output, request.timeoutMs - (performance.now() - startedAt))
  return { exitCode: 128 + constants.signals.SIGKILL, isTimedOut: true, output: '' }
}

/**
 * A first process does not end before each process of its PID namespace has been reaped (pid_namespaces(7)): as long as a stray is a
 * zombie of ours, who of us waits for that end waits in vain.
 */
async function reapStrays(containerPid: number): Promise<void> {
  const space = namespaceOf(containerPid, 'pid')
  if (starting > 0 || space === undefined || space === namespaceOf('self', 'pid')) return
  const strays = childrenOf(process.pid).filter((pid) => !watched.has(pid) && namespaceOf(pid, 'pid') === space)
  for (const pid of strays) killQuietly(pid)
  await Promise.all(strays.map(async (pid) => native().waitChild(pid, { outputs: [] })))
}

/** Of an exec that was started in `folder`. */
export function execPid(folder: string): number | undefined {
  const text = absentAsUndefined(() => readFileSync(join(folder, 'pid'), 'utf8'))
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** Closes `fd`, what the process gets as its output. The process, our child by then; undefined when even its start took too long. */
async function startDetached(request: TimedExec, fd: number): Promise<number | undefined> {
  const { runtime, id, processFile, folder, filter, timeoutMs } = request
  const log = join(folder, 'runtime.log')
  const words = ['exec', '--detach', '--process', processFile, '--pid-file', join(folder, 'pid'), id]
  const [signals, sender] = native().pipe()
  try {
    const argv = [...runtime.globalArguments, '--log', log, ...words]
    const child = spawnProcess(runtime.path, argv, { fds: [nothing, fd, fd], filter })
    const kill = () => void writeSync(sender, Buffer.of(constants.signals.SIGKILL))
    const { result, isOver } = await within(timeoutMs, kill, child.end({ signals }))
    if (isOver) return undefined
    const pid = result.exitCode === 0 ? execPid(folder) : undefined
    if (pid !== undefined && (await becomesChild(pid))) return pid
    throw runtimeError(runtime.name, absentAsUndefined(() => readFileSync(log, 'utf8')) ?? '')
  } finally {
    for (const open of [fd, signals, sender]) closeSync(open)
  }
}

/** Closes `output`. */
async function endWithin(pid: number, output: number, timeoutMs: number): Promise<TimedEnd> {
  watched.add(pid)
  const ended = native().waitChild(pid, { outputs: [output], maxBytes: maxOutputBytes, drainMs })
  const ending = ended.finally(() => watched.delete(pid))
  const { result, isOver } = await within(timeoutMs, () => killTree(pid), ending)
  const [bytes = Buffer.alloc(0)] = result.outputs
  return { exitCode: result.exitCode, isTimedOut: isOver, output: bytes.toString('utf8') }
}

async function within<T>(limitMs: number, kill: () => void, work: Promise<T>): Promise<{ result: T; isOver: boolean }> {
  let isOver = false
  const onLimit = () => {
    isOver = true
    kill()
  }
  const timer = setTimeout(onLimit, Math.min(Math.max(0, limitMs), 2 ** 31 - 1))
  try {
    const result = await work
    return { result, isOver }
  } finally {
    clearTimeout(timer)
  }
}

/** crun leaves a process of its own between us and the new one, which ends just after crun has: no event tells of it. */
async function becomesChild(pid: number): Promise<boolean> {
  for (const deadline = performance.now() + adoptionMs; performance.now() < deadline; await delay(2)) {
    const parent = parentOf(pid)
    if (parent === process.pid) return true
    if (parent === undefined) return false
  }
  return false
}
