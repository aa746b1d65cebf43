// The events journal as one file of JSON lines. Appending is one write(2) with O_APPEND, so that lines of several writers never mix. A
// file that would grow beyond its limit first loses its older half, between two events that say so (as podman does it): by rename, and
// under a lock that writers wait for, but not for ever: whoever rotates may be stopped.

import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { sleepSync, systemClock } from '../base/clock.ts'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { removeFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { lockFlags, native } from '../os/native.ts'
import { printEvent } from './event-line.ts'
import type { Event } from './journal.ts'

export interface JournalFile {
  readonly path: string
  /** Bytes; 0 is unlimited. */
  readonly maxBytes: number
}

/** @throws the system call's error: a full disk, a folder that is none */
export function appendToFile({ path, maxBytes }: JournalFile, event: Event): void {
  const line = `${printEvent(event)}\n`
  if (maxBytes > 0 && sizeOf(path) + line.length - 1 >= maxBytes) rotate(path)
  const fd = openShared(path)
  try {
    writeSync(fd, line)
  } finally {
    closeSync(fd)
  }
}

/** A rotation takes a few. */
const patienceMs = 1000
const reopenings = 8

/** Locked against rotation, so that a writer's lines keep their order; unlocked where somebody is stopped in the middle of one. */
function openShared(path: string): number {
  for (let tries = 0; ; tries += 1) {
    const fd = openToAppend(path)
    // Rotated between our open and our lock: what we wrote to it would be lost.
    if (!waitForLock(fd, lockFlags.shared) || fstatSync(fd).nlink > 0 || tries === reopenings) return fd
    closeSync(fd)
  }
}

/** False when the time is up. Asks again and again: flock(2) knows no deadline, and an event is appended without leaving the thread. */
function waitForLock(fd: number, kind: number): boolean {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 1) {
    if (tryLock(fd, kind)) return true
    sleepSync(1)
  }
  return tryLock(fd, kind)
}

function openToAppend(path: string): number {
  const fd = absentAsUndefined(() => openSync(path, 'a', 0o600))
  if (fd !== undefined) return fd
  makeFolders(dirname(path), 0o700)
  return openSync(path, 'a', 0o600)
}

function sizeOf(path: string): number {
  return absentAsUndefined(() => statSync(path))?.size ?? 0
}

function tryLock(fd: number, kind: number): boolean {
  try {
    native().flock(fd, kind | lockFlags.nonBlocking)
    return true
  } catch (error) {
    if (errnoOf(error) !== 'EWOULDBLOCK' && errnoOf(error) !== 'EAGAIN') throw error
    return false
  }
}

/** Nothing where somebody else is at it, or writes: then the file grows by another line. */
function rotate(path: string): void {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  if (fd === undefined) return
  try {
    if (tryLock(fd, lockFlags.exclusive) && fstatSync(fd).nlink > 0) replaceByHalf(path, fd)
  } finally {
    closeSync(fd)
  }
}

function replaceByHalf(path: string, fd: number): void {
  const whole = readFileSync(fd)
  const half = Math.floor(whole.length / 2)
  const start = whole.indexOf(0x0a, half) + 1
  const kept = start === 0 ? Buffer.alloc(0) : whole.subarray(start)
  const temporary = `${path}.${randomHex(6)}.tmp`
  try {
    const mark = (word: string) => Buffer.from(`${printEvent(rotation(path, word))}\n`)
    writeFileSync(temporary, Buffer.concat([mark('begin'), kept, mark('end')]), { mode: 0o600 })
    renameSync(temporary, path)
  } catch (error) {
    removeFile(temporary)
    throw error
  }
  rescue(path, fd, whole.length)
}

/** A writer that ran out of patience wrote all the same. */
function rescue(path: string, fd: number, offset: number): void {
  const late = Buffer.alloc(fstatSync(fd).size - offset)
  if (late.length === 0) return
  readSync(fd, late, 0, late.length, offset)
  writeFileSync(path, late, { flag: 'a' })
}

function rotation(path: string, word: string): Event {
  return {
    time: systemClock.now(),
    type: 'system',
    status: 'log-rotation',
    name: path,
    attributes: { 'io.podman.event.rotate': word },
  }
}
