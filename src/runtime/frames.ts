// The attach protocol's frames (README.md, "Attach protocol"), as far as they are made here: output and input are src/native/attach.c's.

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
  health: 23,
} as const

export const subscriptions = { none: 0, stdout: 1, stderr: 2 } as const

const headerBytes = 8

/** One frame as one buffer. */
export function encodeFrame(type: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(headerBytes)
  header[0] = type
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

export function encodeSignal(signal: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeInt32BE(signal)
  return encodeFrame(frameTypes.signal, payload)
}

export function encodeSubscribe(mask: number): Buffer {
  return encodeFrame(frameTypes.subscribe, Buffer.of(mask))
}
