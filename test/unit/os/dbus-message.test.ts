import { expect, test } from 'vitest'
import {
  type DbusCall,
  decodeMessage,
  encodeCall,
  firstString,
  putArray,
  putProperty,
  putString,
} from '../../../src/os/dbus-message.ts'

const hello: DbusCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
  signature: '',
  body: [],
}

test('encodeCall pads header fields and body as the specification says', () => {
  const bytes = encodeCall({ ...hello, signature: 's', body: [2, 0, 0, 0, 0x68, 0x69, 0] }, 7)
  expect([...bytes.subarray(0, 4)]).toEqual([0x6c, 1, 0, 1])
  expect(bytes.readUInt32LE(4)).toBe(7)
  expect(bytes.readUInt32LE(8)).toBe(7)
  const bodyAt = Math.ceil((16 + bytes.readUInt32LE(12)) / 8) * 8
  expect(bytes.length).toBe(bodyAt + 7)
  expect(bytes.toString('latin1', bodyAt + 4, bodyAt + 6)).toBe('hi')
  // The first field: path (1), of signature "o".
  expect([...bytes.subarray(16, 20)]).toEqual([1, 1, 0x6f, 0])
})

test('putArray counts neither its own length nor the padding before the first element', () => {
  const out: number[] = []
  putString(out, 'x')
  putArray(out, 8, () => putProperty(out, 'A', { type: 'b', value: true }))
  // "x": 4 + 2 bytes, padded to 8; the length, padded to 16; then "A" (6 bytes), signature "b" (3), padded to 28, the value.
  expect(Buffer.from(out).readUInt32LE(8)).toBe(out.length - 16)
  expect(out.slice(16)).toEqual([1, 0, 0, 0, 0x41, 0, 1, 0x62, 0, 0, 0, 0, 1, 0, 0, 0])
})

test('putProperty aligns numbers of 64 bits, and the structs of an array', () => {
  const out: number[] = []
  putProperty(out, 'M', { type: 't', value: 2n ** 40n })
  // "M" (6 bytes), signature "t" (3), padded to 16, the value.
  expect(out).toEqual([1, 0, 0, 0, 0x4d, 0, 1, 0x74, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
  const list: number[] = []
  putProperty(list, 'I', { type: 'a(st)', value: [['/d', 5n]] })
  // "I" (6), signature "a(st)" (7), padded to 16; length, padded to 24; "/d" (7 bytes), padded to 32, the number.
  expect(Buffer.from(list).readUInt32LE(16)).toBe(16)
  expect(list.slice(24)).toEqual([2, 0, 0, 0, 0x2f, 0x64, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0])
})

test('decodeMessage waits for the whole message and finds the call that it answers', () => {
  const bytes = answer(2, 3, Buffer.alloc(0))
  expect(decodeMessage(bytes.subarray(0, bytes.length - 1))).toBeUndefined()
  expect(decodeMessage(bytes)).toMatchObject({ kind: 'return', replySerial: 3, size: bytes.length })
})

test('decodeMessage reads an error: its name, and the reason in its body', () => {
  const reason: number[] = []
  putString(reason, 'no such unit')
  const message = decodeMessage(answer(3, 9, Buffer.from(reason), 'org.example.Unknown'))
  expect(message).toMatchObject({ kind: 'error', replySerial: 9, errorName: 'org.example.Unknown' })
  expect(firstString(message?.body ?? Buffer.alloc(0))).toBe('no such unit')
})

test('decodeMessage refuses what claims to be huge', () => {
  const bytes = answer(2, 3, Buffer.alloc(0))
  bytes.writeUInt32LE(0x7fff_ffff, 4)
  expect(() => decodeMessage(bytes)).toThrow(/of \d+ bytes/)
})

/** A message as a daemon sends it: sender, signature, the error's name where it is one, reply serial. */
function answer(type: number, replySerial: number, body: Buffer, errorName?: string): Buffer {
  const fields = [
    textField(7, ':1.5'),
    ...(body.length > 0 ? [Buffer.from([8, 1, 0x67, 0, 1, 0x73, 0])] : []),
    ...(errorName === undefined ? [] : [textField(4, errorName)]),
    Buffer.concat([Buffer.from([5, 1, 0x75, 0]), uint32(replySerial)]),
  ]
  const padded = Buffer.concat(fields.map(padTo8))
  return Buffer.concat([
    Buffer.from([0x6c, type, 1, 1]),
    uint32(body.length),
    uint32(77),
    uint32(padded.length),
    padded,
    body,
  ])
}

function textField(code: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([code, 1, 0x73, 0]), uint32(text.length), Buffer.from(`${text}\0`)])
}

function padTo8(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
