// exit.json: how a container or exec session ended, written once by its monitor.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

/** What an exit code is when --timeout ended the container; as a process's own it is 255. */
export const timedOutExitCode = -1

export interface ExitRecord {
  readonly schema: number
  /** 128 + signal when signalled; see `timedOutExitCode`. */
  readonly exitCode: number
  readonly signal: number
  readonly isOomKilled: boolean
  /** RFC 3339 with nanoseconds. */
  readonly finishedAt: string
  readonly isTimedOut: boolean
}

/** Undefined while it runs. The monitor renames the file in, so it is whole whenever it is there. */
export function readExitRecord(path: string): ExitRecord | undefined {
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  return text === undefined ? undefined : parseExitRecord(text)
}

/** A timeout's exit code is -1, as podman has it. */
export function parseExitRecord(text: string): ExitRecord {
  const record = JSON.parse(text) as ExitRecord
  return record.isTimedOut ? { ...record, exitCode: timedOutExitCode } : record
}
