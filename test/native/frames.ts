// The attach protocol as the tests speak it, for both sides: decoding any chunking of the socket, input, window size.

import { encodeFrame, frameTypes } from '../../src/runtime/frames.ts'

const headerBytes = 8
const maxPayloadBytes = 64 * 1024

/** Frames of `bytes`, in the order to be written. */
export function stdinFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length; at += maxPayloadBytes) {
    frames.push(encodeFrame(frameTypes.stdin, bytes.subarray(at, at + maxPayloadBytes)))
  }
  return frames
}

export function encodeResize(size: { rows: number; columns: number }): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt16BE(size.rows, 0)
  payload.writeUInt16BE(size.columns, 2)
  return encodeFrame(frameTypes.resize, payload)
}

/** Feed it each chunk: each frame goes to `take` when it is whole. */
export function frameDecoder(take: (type: number, payload: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let size = wholeFrame(rest); size > 0; size = wholeFrame(rest)) {
      take(rest[0] as number, rest.subarray(headerBytes, size))
      rest = rest.subarray(size)
    }
  }
}

function wholeFrame(bytes: Buffer): number {
  const size = bytes.length < headerBytes ? Number.POSITIVE_INFINITY : headerBytes + bytes.readUInt32BE(4)
  return size <= bytes.length ? size : 0
}
