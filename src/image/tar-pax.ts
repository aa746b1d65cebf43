// Pax extended headers: "LEN KEY=VALUE\n" records. Values are bytes; each is interpreted by the field that uses it.

import type { Xattr } from './tar-entry.ts'
import { malformed } from './tar-header.ts'

/** Records in order: GNU sparse 0.0 repeats keys. */
export type PaxRecords = readonly PaxRecord[]

export interface PaxRecord {
  readonly key: string
  readonly value: Buffer
}

/** What pax records change in the header that follows. */
export interface PaxFields {
  name?: string
  linkName?: string
  size?: number
  uid?: number
  gid?: number
  mtimeNs?: bigint
  xattrs: Xattr[]
}

const xattrPrefix = 'SCHILY.xattr.'
const newline = 0x0a

/** @throws invalid `tar-header-malformed` */
export function decodePax(block: Buffer): PaxRecord[] {
  const records: PaxRecord[] = []
  let offset = 0
  while (offset < block.length) {
    // Some writers pad with NULs inside the stated size.
    if (block[offset] === 0) break
    const record = decodeRecord(block, offset)
    records.push(record)
    offset = record.end
  }
  return records
}

/** @throws invalid `tar-header-malformed` */
export function paxFields(records: PaxRecords): PaxFields {
  const fields: PaxFields = { xattrs: [] }
  for (const { key, value } of records) applyRecord(fields, key, value)
  return fields
}

export function paxNumber(value: Buffer | string): number {
  const text = typeof value === 'string' ? value : value.toString('latin1')
  const number = Number(text)
  if (!/^[0-9]{1,19}$/.test(text) || !Number.isSafeInteger(number))
    throw malformed('a number in a pax header is not sound')
  return number
}

/** Text of the last record with the key, as a byte string. */
export function paxText(records: PaxRecords, key: string): string | undefined {
  const value = records.findLast((record) => record.key === key)?.value
  return value === undefined || value.length === 0 ? undefined : value.toString('latin1')
}

function applyRecord(fields: PaxFields, key: string, value: Buffer): void {
  if (key.startsWith(xattrPrefix)) setXattr(fields, key.slice(xattrPrefix.length), value)
  else if (value.length === 0) return
  else if (key === 'path') fields.name = paxName(value)
  else if (key === 'linkpath') fields.linkName = paxName(value)
  else if (key === 'size') fields.size = paxNumber(value)
  else if (key === 'uid') fields.uid = paxNumber(value)
  else if (key === 'gid') fields.gid = paxNumber(value)
  else if (key === 'mtime') fields.mtimeNs = paxTime(value)
}

function setXattr(fields: PaxFields, key: string, value: Buffer): void {
  if (key === '' || key.length > 255 || key.includes('\0')) throw malformed('an extended attribute has no sound name')
  fields.xattrs = [...fields.xattrs.filter((other) => other.key !== key), { key, value: Buffer.from(value) }]
}

function paxName(value: Buffer): string {
  if (value.includes(0)) throw malformed('a name holds a NUL byte')
  return value.toString('latin1')
}

function paxTime(value: Buffer): bigint {
  const match = /^(-?)([0-9]{1,12})(?:\.([0-9]*))?$/.exec(value.toString('latin1'))
  if (match === null) throw malformed('a time in a pax header is not sound')
  const [, sign = '', seconds = '', fraction = ''] = match
  const ns = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return sign === '-' ? -ns : ns
}

function decodeRecord(block: Buffer, offset: number): PaxRecord & { end: number } {
  const blank = block.indexOf(0x20, offset)
  const digits = blank === -1 ? '' : block.toString('latin1', offset, Math.min(blank, offset + 12))
  if (!/^[0-9]{1,9}$/.test(digits)) throw malformed('a pax record has no length')
  const end = offset + Number(digits)
  if (end <= blank + 1 || end > block.length || block[end - 1] !== newline)
    throw malformed('a pax record has a wrong length')
  const equals = block.indexOf(0x3d, blank + 1)
  if (equals === -1 || equals >= end || equals === blank + 1) throw malformed('a pax record has no key')
  return { key: block.toString('latin1', blank + 1, equals), value: block.subarray(equals + 1, end - 1), end }
}
