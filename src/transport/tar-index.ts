// Where the members of an uncompressed tar archive lie, found by its headers alone: a 10 GB archive costs one read per member.

import { fstatSync, readSync } from 'node:fs'
import { invalid } from '../base/errors.ts'

export interface TarMember {
  readonly offset: number
  readonly size: number
  /** Name of the member that this one is a link to. */
  readonly link?: string
}

const blockBytes = 512
const maxMembers = 100_000
const maxNameBytes = 64 * 1024

interface Pending {
  name?: string
  link?: string
  size?: number
}

/** Regular files and links by normalized name; a later member of the same name wins. @throws invalid `archive-malformed` */
export function indexTar(fd: number, label: string): Map<string, TarMember> {
  const members = new Map<string, TarMember>()
  const end = fstatSync(fd).size
  const header = Buffer.alloc(blockBytes)
  let pending: Pending = {}
  let at = 0
  for (let count = 0; at + blockBytes <= end; count++) {
    if (count > maxMembers * 2) throw malformed(label, `more than ${maxMembers} members`)
    readSync(fd, header, 0, blockBytes, at)
    if (isZero(header)) break
    if (!isHeader(header)) throw malformed(label, at === 0 ? 'not a tar archive' : `no header at byte ${at}`)
    const size = pending.size ?? sizeField(header, label)
    const offset = at + blockBytes
    if (offset + size > end) throw malformed(label, 'it ends inside a member')
    const type = String.fromCharCode(header[156] ?? 0)
    if ('xLK'.includes(type)) pending = { ...pending, ...readExtension(fd, { type, offset, size }, label) }
    else {
      addMember(members, { header, type, offset, size, pending })
      if (type !== 'g') pending = {}
    }
    at = offset + Math.ceil(size / blockBytes) * blockBytes
  }
  return members
}

interface Found {
  readonly header: Buffer
  readonly type: string
  readonly offset: number
  readonly size: number
  readonly pending: Pending
}

function addMember(members: Map<string, TarMember>, found: Found): void {
  const name = normalize(found.pending.name ?? nameField(found.header))
  if (found.type === '0' || found.type === '\0' || found.type === '7') {
    members.set(name, { offset: found.offset, size: found.size })
  } else if (found.type === '1' || found.type === '2') {
    const target = found.pending.link ?? cString(found.header.subarray(157, 257))
    const link = found.type === '1' ? normalize(target) : resolveLink(name, target)
    members.set(name, { offset: 0, size: 0, link })
  }
}

function readExtension(fd: number, at: { type: string; offset: number; size: number }, label: string): Pending {
  if (at.size > maxNameBytes * 16) throw malformed(label, 'an extended header is too large')
  const bytes = Buffer.alloc(at.size)
  readSync(fd, bytes, 0, at.size, at.offset)
  if (at.type === 'L') return { name: cString(bytes) }
  if (at.type === 'K') return { link: cString(bytes) }
  return readPax(bytes)
}

function readPax(bytes: Buffer): Pending {
  const pending: Pending = {}
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at)
    const length = blank === -1 ? Number.NaN : Number(bytes.toString('latin1', at, blank))
    if (!Number.isInteger(length) || length <= blank - at) break
    const [key, ...rest] = bytes.toString('utf8', blank + 1, at + length - 1).split('=')
    const value = rest.join('=')
    if (key === 'path') pending.name = value
    else if (key === 'linkpath') pending.link = value
    else if (key === 'size' && /^\d+$/.test(value)) pending.size = Number(value)
    at += length
  }
  return pending
}

function isZero(header: Buffer): boolean {
  return header.every((byte) => byte === 0)
}

function isHeader(header: Buffer): boolean {
  const stated = Number.parseInt(cString(header.subarray(148, 156)).trim(), 8)
  let sum = 8 * 0x20
  for (let i = 0; i < blockBytes; i++) if (i < 148 || i >= 156) sum += header[i] ?? 0
  return stated === sum
}

function sizeField(header: Buffer, label: string): number {
  const field = header.subarray(124, 136)
  const isBinary = ((field[0] ?? 0) & 0x80) !== 0
  const size = isBinary ? Number(field.readBigUInt64BE(4)) : Number.parseInt(cString(field).trim() || '0', 8)
  if (!Number.isSafeInteger(size) || size < 0) throw malformed(label, 'a member has no valid size')
  return size
}

function nameField(header: Buffer): string {
  const name = cString(header.subarray(0, 100))
  const isUstar = header.toString('latin1', 257, 262) === 'ustar' && header[262] === 0
  const prefix = isUstar ? cString(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end)
}

function normalize(name: string): string {
  return name.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')
}

function resolveLink(name: string, target: string): string {
  const parts = target.startsWith('/') ? [] : name.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function malformed(label: string, reason: string) {
  return invalid('archive-malformed', `'${label}' is not a usable archive: ${reason}`)
}
