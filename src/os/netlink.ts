// Netlink's wire format: messages out, answers in. What they mean is said where they are made (links.ts, firewall's probe).

import { constants } from 'node:os'
import { native } from './native.ts'
import { networkNamespaceFd } from './network-namespace.ts'

export const netlinkProtocols = { route: 0, netfilter: 12 } as const
export const netlinkFlags = { request: 1, ack: 4, replace: 0x100, excl: 0x200, create: 0x400, dump: 0x300 } as const

export interface NetlinkMessage {
  readonly type: number
  /** Beside `request`; `ack` unless it is a dump. */
  readonly flags?: number
  /** The fixed part after the header. */
  readonly body: Buffer
  readonly attributes: readonly Buffer[]
}

export interface NetlinkAnswer {
  readonly type: number
  readonly body: Buffer
}

const headerSize = 16
const errorType = 2
const doneType = 3

/** All answers but the acknowledgements. @throws the first refusal, as an error of node:fs (`code` ENODEV, …), with the kernel's words */
export function talkNetlink(protocol: number, messages: readonly NetlinkMessage[]): NetlinkAnswer[] {
  const bytes = Buffer.concat(messages.map((message, index) => encode(message, index + 1)))
  const answers = decode(native().netlink(protocol, bytes, networkNamespaceFd()))
  for (const { type, body } of answers) if (type === errorType) throwIfError(body)
  return answers.filter(({ type }) => type !== errorType && type !== doneType)
}

export function attribute(type: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt16LE(4 + payload.length, 0)
  header.writeUInt16LE(type, 2)
  return padded(Buffer.concat([header, payload]))
}

export function nestedAttribute(type: number, members: readonly Buffer[]): Buffer {
  return attribute(type | 0x8000, Buffer.concat(members))
}

export function textAttribute(type: number, text: string): Buffer {
  return attribute(type, Buffer.from(`${text}\0`))
}

export function uint32Attribute(type: number, value: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32LE(value >>> 0)
  return attribute(type, payload)
}

export function uint16Attribute(type: number, value: number): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16LE(value)
  return attribute(type, payload)
}

export function uint8Attribute(type: number, value: number): Buffer {
  return attribute(type, Buffer.from([value]))
}

/** Attributes by type, from `offset` on; of several of one type the last. */
export function readAttributes(bytes: Buffer, offset = 0): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = offset; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at)
    if (length < 4) break
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length))
    at += (length + 3) & ~3
  }
  return found
}

function encode({ type, flags, body, attributes }: NetlinkMessage, sequence: number): Buffer {
  const content = Buffer.concat([padded(body), ...attributes])
  const header = Buffer.alloc(headerSize)
  header.writeUInt32LE(headerSize + content.length, 0)
  header.writeUInt16LE(type, 4)
  const isDump = ((flags ?? 0) & netlinkFlags.dump) === netlinkFlags.dump && ((flags ?? 0) & netlinkFlags.create) === 0
  header.writeUInt16LE(netlinkFlags.request | (flags ?? 0) | (isDump ? 0 : netlinkFlags.ack), 6)
  header.writeUInt32LE(sequence, 8)
  return padded(Buffer.concat([header, content]))
}

function decode(bytes: Buffer): NetlinkAnswer[] {
  const answers: NetlinkAnswer[] = []
  for (let at = 0; at + headerSize <= bytes.length; ) {
    const length = bytes.readUInt32LE(at)
    if (length < headerSize) break
    answers.push({ type: bytes.readUInt16LE(at + 4), body: bytes.subarray(at + headerSize, at + length) })
    at += (length + 3) & ~3
  }
  return answers
}

/** An error of 0 is an acknowledgement. */
function throwIfError(body: Buffer): void {
  const number = -body.readInt32LE(0)
  if (number === 0) return
  const code = Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? `E${number}`
  const said = wordsOf(body)
  throw Object.assign(new Error(`${code}: netlink refused${said === undefined ? '' : `: ${said}`}`), {
    code,
    errno: -number,
    syscall: 'netlink',
  })
}

/** With NETLINK_EXT_ACK the kernel gives a reason (attribute 1) behind the head of the request that it refused. */
function wordsOf(body: Buffer): string | undefined {
  return readAttributes(body, 4 + headerSize)
    .get(1)
    ?.toString('utf8')
    .replace(/\0.*$/s, '')
}

function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % 4
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)])
}
