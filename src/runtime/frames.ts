// The attach protocol's frames (README.md, "Attach protocol"): an 8-byte header, then at most 64 KiB. Decoding copies no stream
// bytes and accepts any chunking of the socket.

export const frameTypes = {
  stdin: 0,
  stdout: 1,
  stderr: 2,
  exit: 16,
  error: 17,
  resize: 18,
  signal: 19,
  keeper: 20,
  cleaned: 21,
  subscribe: 22,
} as const

export const subscriptions = { none: 0, stdout: 1, stderr: 2 } as const

export const maxPayloadBytes = 64 * 1024
const headerBytes = 8

function encodeHeader(type: number, length: number): Buffer {
  const header = Buffer.alloc(headerBytes)
  header[0] = type
  header.writeUInt32BE(length, 4)
  return header
}

/** One frame as one buffer. For stdin's bytes use stdinFrames, which does not copy them. */
export function encodeFrame(type: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([encodeHeader(type, payload.length), payload])
}

/** Headers and pieces of `bytes` in the order to be written. */
export function stdinFrames(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += maxPayloadBytes) {
    const piece = bytes.subarray(at, at + maxPayloadBytes)
    pieces.push(encodeHeader(frameTypes.stdin, piece.length), piece)
  }
  return pieces
}

export function encodeResize(size: { rows: number; columns: number }): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt16BE(Math.min(size.rows, 0xffff), 0)
  payload.writeUInt16BE(Math.min(size.columns, 0xffff), 2)
  return encodeFrame(frameTypes.resize, payload)
}

export function encodeSignal(signal: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeInt32BE(signal)
  return encodeFrame(frameTypes.signal, payload)
}

export function encodeSubscribe(mask: number): Buffer {
  return encodeFrame(frameTypes.subscribe, Buffer.of(mask))
}

export interface FrameSink {
  /** A piece of a stdout or stderr frame: a view of the chunk, valid as long as the chunk is. */
  onOutput(stream: 1 | 2, bytes: Buffer): void
  /** Any other frame, whole. */
  onControl(type: number, payload: Buffer): void
}

/** Feed it each chunk. @throws Error when the peer breaks the protocol. */
export function frameDecoder(sink: FrameSink): (chunk: Buffer) => void {
  const header = Buffer.alloc(headerBytes)
  let headerFill = 0
  let type = 0
  let missing = 0
  let parts: Buffer[] = []

  const takeHeader = (chunk: Buffer, at: number): number => {
    const taken = Math.min(headerBytes - headerFill, chunk.length - at)
    chunk.copy(header, headerFill, at, at + taken)
    headerFill += taken
    if (headerFill < headerBytes) return at + taken
    type = header[0] ?? 0
    missing = header.readUInt32BE(4)
    if (missing > maxPayloadBytes) throw new Error(`attach protocol: a frame of ${missing} bytes`)
    if (missing === 0) finish()
    return at + taken
  }

  const takePayload = (chunk: Buffer, at: number): number => {
    const end = Math.min(at + missing, chunk.length)
    const piece = chunk.subarray(at, end)
    missing -= piece.length
    if (type === 1 || type === 2) sink.onOutput(type, piece)
    else parts.push(Buffer.from(piece))
    if (missing === 0) finish()
    return end
  }

  const finish = (): void => {
    headerFill = 0
    if (type === 1 || type === 2) return
    const payload = Buffer.concat(parts)
    parts = []
    sink.onControl(type, payload)
  }

  return (chunk) => {
    let at = 0
    while (at < chunk.length) at = headerFill < headerBytes ? takeHeader(chunk, at) : takePayload(chunk, at)
  }
}
