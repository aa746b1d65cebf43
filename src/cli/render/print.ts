// Standard output and error, written at once. A reader that went away ends the program as SIGPIPE would.

import { fstatSync, writeSync } from 'node:fs'
import { sleepSync } from '../../base/clock.ts'
import { errnoOf } from '../../base/errors.ts'
import { exitCodes } from '../exit-code.ts'

/** Text to standard output, as it is. */
export function print(text: string | Uint8Array): void {
  writeWhole(standardOutput, text)
}

export function printLine(text: string): void {
  print(`${text}\n`)
}

export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, undefined, 4))
}

/** A line to a descriptor; -1 is nowhere. */
export function printLineTo(fd: number, text: string): void {
  printTo(fd, `${text}\n`)
}

/** As it is, to a descriptor; -1 is nowhere. */
export function printTo(fd: number, text: string | Uint8Array): void {
  if (fd >= 0) writeWhole(fd === 1 ? standardOutput : fd, text)
}

/** Text to standard error, as it is. */
export function complain(text: string | Uint8Array): void {
  writeWhole(2, text)
}

/** Whether both streams are one pipe, terminal or file: then one writer keeps the order of what goes there. */
export function isSameOutput(): boolean {
  try {
    const [one, other] = [fstatSync(standardOutput), fstatSync(2)]
    return one.dev === other.dev && one.ino === other.ino
  } catch {
    return false
  }
}

let standardOutput = 1

/** --out: everything that is printed from now on goes to `fd`. */
export function redirectOutput(fd: number): void {
  standardOutput = fd
}

function writeWhole(fd: number, text: string | Uint8Array): void {
  let rest = typeof text === 'string' ? Buffer.from(text) : text
  while (rest.length > 0) rest = rest.subarray(writeSome(fd, rest))
}

/** A pipe that somebody set non-blocking answers EAGAIN: wait a millisecond and go on. */
function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EPIPE') process.exit(exitCodes.brokenPipe)
    if (errno !== 'EAGAIN') throw error
    sleepSync(1)
    return 0
  }
}
