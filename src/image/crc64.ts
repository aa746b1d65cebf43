// CRC-64 with the ISO 3309 polynomial, as Go's hash/crc64 has it: tar-split's checksum of a file.

/** Reflected: x^64 + x^4 + x^3 + x + 1. Each entry as its high and its low half: BigInt would cost thirty times as much. */
const [highs, lows] = tables()

export interface Crc64 {
  update(bytes: Uint8Array): void
  /** Eight bytes, the most significant first. */
  digest(): Buffer
}

export function crc64(): Crc64 {
  let high = -1
  let low = -1
  return {
    update(bytes) {
      for (let at = 0; at < bytes.length; at++) {
        const index = (low ^ (bytes[at] as number)) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ (lows[index] as number)
        high = (high >>> 8) ^ (highs[index] as number)
      }
    },
    digest() {
      const result = Buffer.alloc(8)
      result.writeInt32BE(~high, 0)
      result.writeInt32BE(~low, 4)
      return result
    },
  }
}

function tables(): [Int32Array, Int32Array] {
  const high = new Int32Array(256)
  const low = new Int32Array(256)
  for (let index = 0; index < 256; index++) {
    let [top, bottom] = [0, index]
    for (let bit = 0; bit < 8; bit++) {
      const isSet = (bottom & 1) === 1
      bottom = (bottom >>> 1) | (top << 31)
      top = (top >>> 1) ^ (isSet ? 0xd800_0000 : 0)
    }
    high[index] = top
    low[index] = bottom
  }
  return [high, low]
}
