// Kernel locks with an owner and a deadline. flock(2): the kernel drops it when its holder dies, so no lock is ever stale.
//
// Lock order, outermost first: boot → pod → probe → container → monitor → network → uplink → names → volume → image → layer → claims. Whoever holds one may take only
// locks further right (or of the same kind in ascending path order); asserted when GANTRY_DEBUG_LOCKS is set.

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { absentAsUndefined, EngineError, errnoOf } from '../base/errors.ts'
import { trace } from '../base/log.ts'
import type { LockHolder, Reporter } from '../base/report.ts'
import { lockFlags, native } from '../os/native.ts'

export const lockOrder = [
  'boot',
  'pod',
  'probe',
  'container',
  'monitor',
  'network',
  'uplink',
  'names',
  'volume',
  'image',
  'layer',
  'claims',
] as const
export type LockKind = (typeof lockOrder)[number]

export interface LockRequest {
  readonly path: string
  readonly kind: LockKind
  /** What the user is told is waited for: "container web". */
  readonly label: string
}

export interface LockPatience {
  /** 0 waits forever. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly report?: Reporter
}

export interface HeldLock extends Disposable {
  readonly path: string
  /** False when the file was unlinked or replaced while we waited: its object is gone. */
  readonly isCurrent: boolean
}

interface HeldEntry {
  readonly kind: LockKind
  readonly path: string
}

const heldByAll: HeldEntry[] = []

/** What each flow of calls holds, for the assertion: verbs that act on several objects at once wait for none of each other's locks. */
const flows =
  process.env['GANTRY_DEBUG_LOCKS'] === undefined
    ? undefined
    : new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)<HeldEntry[]>()

/** Runs `work` as a flow of its own. The caller holds no lock. */
export async function inOwnLockFlow<T>(work: () => Promise<T>): Promise<T> {
  return flows === undefined ? work() : flows.run([], work)
}

function heldHere(): HeldEntry[] {
  return flows?.getStore() ?? heldByAll
}

/**
 * Takes the lock exclusively, creating its file. The folder must exist.
 * @throws unavailable `lock-timeout`, naming the holder; canceled when the signal fires
 */
export async function acquireLock(request: LockRequest, patience: LockPatience): Promise<HeldLock> {
  assertOrder(request)
  const fd = openSync(request.path, constants.O_RDWR | constants.O_CREAT, 0o600)
  if (!tryFlock(fd)) await waitForFlock(fd, request, patience)
  return hold(fd, request)
}

/** Takes the lock if nobody holds it; undefined if somebody does. */
export function tryAcquireLock(request: LockRequest): HeldLock | undefined {
  const fd = openSync(request.path, constants.O_RDWR | constants.O_CREAT, 0o600)
  if (tryFlock(fd)) return hold(fd, request)
  closeSync(fd)
  return undefined
}

/** Marks a folder of ours as worked at, until disposed: `isLockHeld` tells others. For folders that nobody else would lock. */
export function holdFolder(path: string): Disposable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  native().flock(fd, lockFlags.exclusive)
  let released = false
  return {
    [Symbol.dispose]() {
      if (!released) closeSync(fd)
      released = true
    },
  }
}

/** Whether somebody holds the lock at this instant. Never blocks; a missing file is not held. */
export function isLockHeld(path: string): boolean {
  const fd = absentAsUndefined(() => openSync(path, constants.O_RDONLY))
  if (fd === undefined) return false
  try {
    native().flock(fd, lockFlags.shared | lockFlags.nonBlocking)
    return false
  } catch (error) {
    if (errnoOf(error) === 'EWOULDBLOCK' || errnoOf(error) === 'EAGAIN') return true
    throw error
  } finally {
    closeSync(fd)
  }
}

/** Who wrote itself into the lock file last; meaningful only while the lock is held. */
export function readLockHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '') as LockHolder
  } catch {
    return undefined
  }
}

function tryFlock(fd: number): boolean {
  try {
    native().flock(fd, lockFlags.exclusive | lockFlags.nonBlocking)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EWOULDBLOCK' || errnoOf(error) === 'EAGAIN') return false
    closeSync(fd)
    throw error
  }
}

async function waitForFlock(fd: number, request: LockRequest, patience: LockPatience): Promise<void> {
  const startedAt = Date.now()
  const tell = () =>
    patience.report?.({
      type: 'lock-wait',
      label: request.label,
      holder: readLockHolder(request.path),
      waitedMs: Date.now() - startedAt,
    })
  const ticker = setInterval(tell, 1000)
  const granted = native().flockAsync(fd, lockFlags.exclusive)
  try {
    await Promise.race([granted, deadline(request, patience)])
  } catch (error) {
    // The thread that waits cannot be called back: whenever it gets the lock, it is given up at once.
    void granted.then(
      () => closeSync(fd),
      () => closeSync(fd),
    )
    throw error
  } finally {
    clearInterval(ticker)
  }
}

async function deadline(request: LockRequest, patience: LockPatience): Promise<never> {
  return new Promise<never>((_, reject) => {
    patience.signal?.addEventListener('abort', () => reject(canceled(request)), { once: true })
    if (patience.timeoutMs > 0) setTimeout(() => reject(timedOut(request, patience)), patience.timeoutMs).unref()
  })
}

function hold(fd: number, request: LockRequest): HeldLock {
  const entry = { kind: request.kind, path: request.path }
  const held = heldHere()
  held.push(entry)
  writeHolder(fd)
  trace('lock', `locked ${request.label}`, { path: request.path })
  let released = false
  return {
    path: request.path,
    isCurrent: isSameFile(fd, request.path),
    [Symbol.dispose]() {
      if (released) return
      released = true
      held.splice(held.indexOf(entry), 1)
      closeSync(fd)
    },
  }
}

/** Not synced and allowed to fail: it only serves messages, and a full disk must not stop a removal. */
function writeHolder(fd: number): void {
  const holder: LockHolder = { pid: process.pid, command: commandLine(), since: new Date().toISOString() }
  try {
    // What a longer one left behind the end of the line stays: to cut it off costs more than the lock.
    writeSync(fd, `${JSON.stringify(holder)}\n`, 0)
  } catch (error) {
    if (errnoOf(error) !== 'ENOSPC' && errnoOf(error) !== 'EDQUOT') throw error
  }
}

let command = 'gantry'

/** What other processes are told we are: set once by the front door, verb and object only. */
export function setLockCommand(text: string): void {
  command = text
}

function commandLine(): string {
  return command.slice(0, 200)
}

function assertOrder(request: LockRequest): void {
  if (process.env['GANTRY_DEBUG_LOCKS'] === undefined) return
  const rank = lockOrder.indexOf(request.kind)
  for (const other of heldHere()) {
    const otherRank = lockOrder.indexOf(other.kind)
    if (otherRank > rank || (otherRank === rank && other.path >= request.path)) {
      throw new Error(
        `lock order: ${request.label} (${request.kind}) wanted while ${other.path} (${other.kind}) is held`,
      )
    }
  }
}

/** Whether `path` still names the file that `fd` is open on. */
export function isSameFile(fd: number, path: string): boolean {
  const now = absentAsUndefined(() => statSync(path))
  const ours = fstatSync(fd)
  return now !== undefined && now.ino === ours.ino && now.dev === ours.dev
}

function timedOut(request: LockRequest, patience: LockPatience): EngineError {
  const holder = readLockHolder(request.path)
  const by = holder === undefined ? 'another process' : `pid ${holder.pid} '${holder.command}' since ${holder.since}`
  return new EngineError({
    kind: 'unavailable',
    code: 'lock-timeout',
    message: `${request.label} is busy: held by ${by}, waited ${Math.round(patience.timeoutMs / 1000)} s`,
    hint: 'Wait for it, or see all holders with: gantry system locks',
  })
}

function canceled(request: LockRequest): EngineError {
  return new EngineError({ kind: 'canceled', code: 'canceled', message: `canceled while waiting for ${request.label}` })
}
