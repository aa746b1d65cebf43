// Records: one JSON document per object, replaced whole. Readers take no lock.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { type Draft, draftFile, type ReplaceOptions, replaceFile } from '../os/atomic-file.ts'

/** Every record carries the schema number that it was written with. */
export interface Versioned {
  readonly schema: number
}

export const currentSchema = 1

/** @throws corrupt `record-unreadable`; unsupported `record-too-new`. An absent record is undefined. */
export function readRecord<T extends Versioned>(path: string): T | undefined {
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  if (text === undefined) return undefined
  const value = parseRecord(path, text)
  if (value.schema > currentSchema) {
    throw new EngineError({
      kind: 'unsupported',
      code: 'record-too-new',
      message: `'${path}' was written by a newer Gantry (schema ${value.schema}, this one knows ${currentSchema})`,
      hint: 'Use the newer Gantry: it was not changed.',
    })
  }
  return value as T
}

/** Replaces the record at `path`. The caller holds the object's lock. */
export function writeRecord<T extends Versioned>(path: string, record: T, options: ReplaceOptions = {}): void {
  replaceFile(path, `${JSON.stringify(record)}\n`, options)
}

/** The same, for several that are synced together. */
export function draftRecord<T extends Versioned>(path: string, record: T): Draft {
  return draftFile(path, `${JSON.stringify(record)}\n`)
}

function parseRecord(path: string, text: string): Versioned {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'schema' in value && typeof value.schema === 'number') {
      return value as Versioned
    }
  } catch (error) {
    throw unreadable(path, error)
  }
  throw unreadable(path)
}

function unreadable(path: string, cause?: unknown): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'record-unreadable',
    message: `'${path}' is damaged: not a record`,
    hint: 'See what can be saved: gantry system check --repair',
    cause,
  })
}
