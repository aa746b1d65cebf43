// stats-dump and stats-restore: what criu says of its work. An image of its own format with one protobuf message (criu's stats.proto).

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

export type CriuStatistics = Readonly<Record<string, number>>

/** Members of the two messages that podman shows, by field number. Times are microseconds. */
const members = {
  dump: {
    1: 'freezing_time',
    2: 'frozen_time',
    3: 'memdump_time',
    4: 'memwrite_time',
    5: 'pages_scanned',
    7: 'pages_written',
  },
  restore: {
    1: 'pages_compared',
    2: 'pages_skipped_cow',
    3: 'forking_time',
    4: 'restore_time',
    5: 'pages_restored',
  },
} as const

/** Two magic numbers and the length. */
const headerBytes = 12
const fieldOf = { dump: 1, restore: 2 } as const

/** Undefined where there is no such file, or it is of no form that is known. Members that are 0 may be absent. */
export function readCriuStatistics(path: string, kind: 'dump' | 'restore'): CriuStatistics | undefined {
  const bytes = absentAsUndefined(() => readFileSync(path))
  if (bytes === undefined || bytes.length < headerBytes) return undefined
  const length = bytes.readUInt32LE(headerBytes - 4)
  const entry = fieldsOf(bytes.subarray(headerBytes, headerBytes + length)).get(fieldOf[kind])
  if (!(entry instanceof Uint8Array)) return undefined
  const names: Readonly<Record<number, string>> = members[kind]
  const found = [...fieldsOf(entry)].flatMap(([number, value]) => {
    const name = names[number]
    return name === undefined || typeof value !== 'number' ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

type FieldValue = number | Uint8Array

/** What cannot be read ends the list. */
function fieldsOf(bytes: Uint8Array): Map<number, FieldValue> {
  const fields = new Map<number, FieldValue>()
  const reader = { bytes, at: 0 }
  while (reader.at < bytes.length) {
    const key = varint(reader)
    const value = (key & 7) === 0 ? varint(reader) : (key & 7) === 2 ? take(reader, varint(reader)) : undefined
    if (value === undefined) break
    fields.set(key >> 3, value)
  }
  return fields
}

interface Reader {
  readonly bytes: Uint8Array
  at: number
}

function take(reader: Reader, length: number): Uint8Array {
  reader.at += length
  return reader.bytes.subarray(reader.at - length, reader.at)
}

function varint(reader: Reader): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = reader.bytes[reader.at] ?? 0
    reader.at += 1
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
}
