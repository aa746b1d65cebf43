// D-Bus's wire format (D-Bus specification, "Message Protocol"), as much of it as a method call with few kinds of arguments needs.

/** A basic value or an array, with its signature. */
export type DbusValue =
  | { readonly type: 's' | 'o' | 'g'; readonly value: string }
  | { readonly type: 'u'; readonly value: number }
  | { readonly type: 'b'; readonly value: boolean }
  | { readonly type: 'au'; readonly value: readonly number[] }
  | { readonly type: 't'; readonly value: bigint }
  | { readonly type: 'ay'; readonly value: Uint8Array }
  | { readonly type: 'a(st)'; readonly value: readonly (readonly [string, bigint])[] }

export interface DbusCall {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly signature: string
  /** In the signature's encoding: made with the `put` functions. */
  readonly body: readonly number[]
}

export interface DbusMessage {
  readonly kind: 'return' | 'error' | 'signal' | 'other'
  /** The serial of the call that it answers. */
  readonly replySerial: number | undefined
  readonly errorName: string | undefined
  readonly body: Buffer
  /** Bytes that it took. */
  readonly size: number
}

const littleEndian = 0x6c
const methodCall = 1
const protocolVersion = 1
const kinds = ['other', 'other', 'return', 'error', 'signal'] as const
const fixedHeaderBytes = 16
const fields = { path: 1, interface: 2, member: 3, errorName: 4, replySerial: 5, destination: 6, signature: 8 }
/** The specification's limit is 128 MiB; nothing that we ask for is answered at such length. */
const largestMessageBytes = 1 << 20

export function encodeCall(call: DbusCall, serial: number): Buffer {
  const out: number[] = [littleEndian, methodCall, 0, protocolVersion]
  putUint32(out, call.body.length)
  putUint32(out, serial)
  putArray(out, 8, () => {
    putField(out, fields.path, { type: 'o', value: call.path })
    putField(out, fields.destination, { type: 's', value: call.destination })
    putField(out, fields.interface, { type: 's', value: call.interface })
    putField(out, fields.member, { type: 's', value: call.member })
    if (call.signature !== '') putField(out, fields.signature, { type: 'g', value: call.signature })
  })
  align(out, 8)
  return Buffer.from([...out, ...call.body])
}

/** The first message in `bytes`; undefined while it is not all there. @throws Error for one that is not D-Bus, or too large */
export function decodeMessage(bytes: Buffer): DbusMessage | undefined {
  if (bytes.length < fixedHeaderBytes) return undefined
  if (bytes[0] !== littleEndian) throw new Error('a D-Bus message in big endian')
  const bodyBytes = bytes.readUInt32LE(4)
  const fieldBytes = bytes.readUInt32LE(12)
  const bodyAt = padded(fixedHeaderBytes + fieldBytes, 8)
  const size = bodyAt + bodyBytes
  if (size > largestMessageBytes) throw new Error(`a D-Bus message of ${size} bytes`)
  if (bytes.length < size) return undefined
  return {
    kind: kinds[bytes[1] ?? 0] ?? 'other',
    ...readFields(bytes, fixedHeaderBytes + fieldBytes),
    body: bytes.subarray(bodyAt, size),
    size,
  }
}

/** A string at the body's start, as errors carry their reason. */
export function firstString(body: Buffer): string {
  return body.length < 4 ? '' : body.toString('utf8', 4, 4 + body.readUInt32LE(0))
}

function putUint32(out: number[], value: number): void {
  align(out, 4)
  for (let shift = 0; shift < 32; shift += 8) out.push((value >>> shift) & 0xff)
}

function putUint64(out: number[], value: bigint): void {
  align(out, 8)
  for (let shift = 0n; shift < 64n; shift += 8n) out.push(Number((value >> shift) & 0xffn))
}

export function putString(out: number[], value: string): void {
  const bytes = Buffer.from(value)
  putUint32(out, bytes.length)
  out.push(...bytes, 0)
}

/** `alignment`: that of the elements' type, which the array's own length leaves out. */
export function putArray(out: number[], alignment: number, putElements: () => void): void {
  putUint32(out, 0)
  const lengthAt = out.length - 4
  align(out, alignment)
  const start = out.length
  putElements()
  const length: number[] = []
  putUint32(length, out.length - start)
  out.splice(lengthAt, 4, ...length)
}

/** A struct of a name and a variant: what `a(sv)` consists of. */
export function putProperty(out: number[], name: string, value: DbusValue): void {
  align(out, 8)
  putString(out, name)
  putVariant(out, value)
}

function putField(out: number[], code: number, value: DbusValue): void {
  align(out, 8)
  out.push(code)
  putVariant(out, value)
}

function putVariant(out: number[], value: DbusValue): void {
  putSignature(out, value.type)
  switch (value.type) {
    case 's':
    case 'o':
      return putString(out, value.value)
    case 'g':
      return putSignature(out, value.value)
    case 'u':
      return putUint32(out, value.value)
    case 'b':
      return putUint32(out, value.value ? 1 : 0)
    case 'au':
      return putArray(out, 4, () => value.value.forEach((item) => putUint32(out, item)))
    case 't':
      return putUint64(out, value.value)
    case 'ay':
      return putArray(out, 1, () => out.push(...value.value))
    case 'a(st)':
      return putArray(out, 8, () => {
        for (const [name, number] of value.value) {
          align(out, 8)
          putString(out, name)
          putUint64(out, number)
        }
      })
  }
}

function putSignature(out: number[], value: string): void {
  out.push(value.length, ...Buffer.from(value), 0)
}

function align(out: number[], to: number): void {
  while (out.length % to !== 0) out.push(0)
}

function padded(offset: number, to: number): number {
  return Math.ceil(offset / to) * to
}

/** Header fields hold strings, one number and a signature: nothing else is defined (file descriptors we never ask for). */
function readFields(bytes: Buffer, end: number): Pick<DbusMessage, 'replySerial' | 'errorName'> {
  let replySerial: number | undefined
  let errorName: string | undefined
  let at = fixedHeaderBytes
  while (at < end) {
    at = padded(at, 8)
    const code = bytes[at]
    const type = String.fromCharCode(bytes[at + 2] ?? 0)
    at += 4
    if (type === 'g') {
      at += (bytes[at] ?? 0) + 2
      continue
    }
    const value = bytes.readUInt32LE(at)
    if (code === fields.replySerial) replySerial = value
    if (code === fields.errorName) errorName = bytes.toString('latin1', at + 4, at + 4 + value)
    at += type === 'u' ? 4 : 4 + value + 1
  }
  return { replySerial, errorName }
}
