// Members to bytes: ustar headers, with a pax header in front where ustar cannot say it (long or non-ASCII names, nanoseconds,
// large numbers, extended attributes). Deterministic: the same member gives the same bytes.

import type { TarEntry, TarType } from './tar-entry.ts'
import { blockBytes } from './tar-header.ts'

const typeflags: Readonly<Record<TarType, string>> = {
  file: '0',
  'hard-link': '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  folder: '5',
  fifo: '6',
}

const maxOctal8 = 0o7777777
const maxOctal12 = 0o77777777777
const nsPerSecond = 1_000_000_000n

/** The header blocks of the member; `entry.size` bytes of content and `tarPadding` follow for a file. */
export function encodeMember(entry: TarEntry): Buffer {
  const name = entry.type === 'folder' && !entry.name.endsWith('/') ? `${entry.name}/` : entry.name
  const records = paxRecordsFor({ ...entry, name })
  const header = encodeHeader({ ...entry, name }, typeflags[entry.type])
  return records.length === 0 ? header : Buffer.concat([encodePax(Buffer.concat(records)), header])
}

/** What fills the last block of `size` bytes of content. */
export function tarPadding(size: number): Buffer {
  const over = size % blockBytes
  return Buffer.alloc(over === 0 ? 0 : blockBytes - over)
}

/** Two blocks of zeros. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * blockBytes)
}

/** One record of a pax header: its length counts its own digits. */
function paxRecord(key: string, value: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')])
  let length = body.length + 1
  while (String(length).length + body.length !== length) length = String(length).length + body.length
  return Buffer.concat([Buffer.from(String(length)), body])
}

function paxRecordsFor(entry: TarEntry): Buffer[] {
  const records: Buffer[] = []
  const add = (key: string, value: string) => records.push(paxRecord(key, Buffer.from(value, 'latin1')))
  if (!fitsField(entry.name)) add('path', entry.name)
  if (!fitsField(entry.linkName)) add('linkpath', entry.linkName)
  if (entry.size > maxOctal12) add('size', String(entry.size))
  if (entry.uid > maxOctal8) add('uid', String(entry.uid))
  if (entry.gid > maxOctal8) add('gid', String(entry.gid))
  if (!fitsTime(entry.mtimeNs)) add('mtime', decimalTime(entry.mtimeNs))
  const xattrs = entry.xattrs.toSorted((one, other) => (one.key < other.key ? -1 : 1))
  for (const { key, value } of xattrs) records.push(paxRecord(`SCHILY.xattr.${key}`, value))
  return records
}

function encodePax(body: Buffer): Buffer {
  const entry: TarEntry = {
    type: 'file',
    name: 'PaxHeaders/0',
    linkName: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtimeNs: 0n,
    size: body.length,
    major: 0,
    minor: 0,
    xattrs: [],
  }
  return Buffer.concat([encodeHeader(entry, 'x'), body, tarPadding(body.length)])
}

function encodeHeader(entry: TarEntry, typeflag: string): Buffer {
  const block = Buffer.alloc(blockBytes)
  block.write(entry.name.slice(0, 100), 0, 'latin1')
  writeOctal(block, entry.mode, { offset: 100, digits: 7 })
  writeOctal(block, entry.uid > maxOctal8 ? 0 : entry.uid, { offset: 108, digits: 7 })
  writeOctal(block, entry.gid > maxOctal8 ? 0 : entry.gid, { offset: 116, digits: 7 })
  writeOctal(block, entry.size > maxOctal12 ? 0 : entry.size, { offset: 124, digits: 11 })
  writeOctal(block, headerTime(entry.mtimeNs), { offset: 136, digits: 11 })
  block.write(typeflag, 156, 'latin1')
  block.write(entry.linkName.slice(0, 100), 157, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  writeOctal(block, entry.major, { offset: 329, digits: 7 })
  writeOctal(block, entry.minor, { offset: 337, digits: 7 })
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function writeOctal(block: Buffer, value: number, field: { offset: number; digits: number }): void {
  block.write(value.toString(8).padStart(field.digits, '0'), field.offset, 'latin1')
}

function fitsField(name: string): boolean {
  return name.length <= 100 && /^[\x20-\x7e]*$/.test(name)
}

function fitsTime(ns: bigint): boolean {
  return ns >= 0n && ns % nsPerSecond === 0n && ns / nsPerSecond <= BigInt(maxOctal12)
}

function headerTime(ns: bigint): number {
  const seconds = ns < 0n ? 0n : ns / nsPerSecond
  return seconds > BigInt(maxOctal12) ? 0 : Number(seconds)
}

function decimalTime(ns: bigint): string {
  const size = ns < 0n ? -ns : ns
  const fraction = (size % nsPerSecond).toString().padStart(9, '0').replace(/0+$/, '')
  return `${ns < 0n ? '-' : ''}${size / nsPerSecond}${fraction === '' ? '' : `.${fraction}`}`
}
