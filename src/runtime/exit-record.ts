// exit.json: how a container or exec session ended, written once by its monitor.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

export interface ExitRecord {
  readonly schema: number
  /** 128 + signal when signalled. */
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

export function parseExitRecord(text: string): ExitRecord {
  return JSON.parse(text) as ExitRecord
}
