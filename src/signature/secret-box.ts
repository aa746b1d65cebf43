// NaCl's secretbox: XSalsa20 and Poly1305, which OpenSSL does not offer as a cipher and cosign's key files are made with. After D. J.
// Bernstein's papers; the test vectors are those of NaCl and RFC 8439. For a small secret of the user's own, once per command: it is not
// written for speed, and whoever could measure it on this machine could read the memory, too.

import { timingSafeEqual } from 'node:crypto'

export interface BoxKey {
  /** 32 bytes */
  readonly key: Uint8Array
  /** 24 bytes */
  readonly nonce: Uint8Array
}

const tagBytes = 16
/** The first half of the first block is Poly1305's key. */
const macKeyBytes = 32

export function sealSecretBox(content: Uint8Array, box: BoxKey): Uint8Array {
  const stream = keyStream(box, macKeyBytes + content.length)
  const sealed = xor(content, stream.subarray(macKeyBytes))
  return Buffer.concat([poly1305(sealed, stream.subarray(0, macKeyBytes)), sealed])
}

/** undefined where key, nonce and bytes do not belong together. */
export function openSecretBox(bytes: Uint8Array, box: BoxKey): Uint8Array | undefined {
  if (bytes.length < tagBytes) return undefined
  const [tag, sealed] = [bytes.subarray(0, tagBytes), bytes.subarray(tagBytes)]
  const stream = keyStream(box, macKeyBytes + sealed.length)
  if (!timingSafeEqual(tag, poly1305(sealed, stream.subarray(0, macKeyBytes)))) return undefined
  return xor(sealed, stream.subarray(macKeyBytes))
}

/** RFC 8439, 2.5. `key` has 32 bytes. */
export function poly1305(message: Uint8Array, key: Uint8Array): Uint8Array {
  const prime = 2n ** 130n - 5n
  const r = littleEndian(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn
  let sum = 0n
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16)
    sum = ((sum + littleEndian(block) + (1n << BigInt(8 * block.length))) * r) % prime
  }
  const tag = (sum + littleEndian(key.subarray(16, 32))) % 2n ** 128n
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse()
}

/** XSalsa20: the first 16 bytes of the nonce make a key of their own for Salsa20 with the other 8. */
function keyStream({ key, nonce }: BoxKey, length: number): Uint8Array {
  const inner = salsaRounds(state(key, words(nonce.subarray(0, 16))))
  const derived = [0, 5, 10, 15, 6, 7, 8, 9].map((at) => inner[at] as number)
  const subkey = Buffer.alloc(32)
  for (const [at, word] of derived.entries()) subkey.writeUInt32LE(word, at * 4)
  const rest = words(nonce.subarray(16, 24))
  const stream = Buffer.alloc(Math.ceil(length / 64) * 64)
  for (let block = 0; block * 64 < length; block++) {
    const start = state(subkey, Uint32Array.of(rest[0] as number, rest[1] as number, block, 0))
    const end = salsaRounds(start)
    for (const [at, word] of end.entries())
      stream.writeUInt32LE((word + (start[at] as number)) >>> 0, block * 64 + at * 4)
  }
  return stream.subarray(0, length)
}

/** "expand 32-byte k" on the diagonal, the key around the four words in the middle. */
function state(key: Uint8Array, middle: Uint32Array): Uint32Array {
  const [c, k] = [[0x61707865, 0x3320646e, 0x79622d32, 0x6b206574], words(key)]
  return Uint32Array.from(
    [c[0], k[0], k[1], k[2], k[3], c[1], ...middle, c[2], k[4], k[5], k[6], k[7], c[3]].map((word) => word ?? 0),
  )
}

/** The quarter rounds of a double round: columns, then rows. */
const quarters = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const

/** Twenty rounds, without the addition of the start. */
function salsaRounds(start: Uint32Array): Uint32Array {
  const x = Uint32Array.from(start)
  const add = (to: number, [a, b]: readonly [number, number], by: number) => {
    const sum = ((x[a] as number) + (x[b] as number)) >>> 0
    x[to] = (x[to] as number) ^ ((sum << by) | (sum >>> (32 - by)))
  }
  for (let round = 0; round < 20; round += 2) {
    for (const [a, b, c, d] of quarters) {
      add(b, [a, d], 7)
      add(c, [b, a], 9)
      add(d, [c, b], 13)
      add(a, [d, c], 18)
    }
  }
  return x
}

/** Little-endian, as this machine's order need not be. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4, true))
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`)
}

function xor(content: Uint8Array, stream: Uint8Array): Uint8Array {
  return content.map((byte, at) => byte ^ (stream[at] as number))
}
