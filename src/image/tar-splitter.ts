// A tar stream cut into what each member consists of, byte for byte: its headers, with the padding that ends the member before, and its data.

import type { TarEntry } from './tar-entry.ts'
import { blockBytes } from './tar-header.ts'
import { createTarReader } from './tar-reader.ts'

export interface SplitHandler {
  /** `raw` ends with the member's own header block, and is the callee's. */
  entry(entry: TarEntry, raw: Buffer): void
  /** Bytes of the current member, in order; only valid during the call. */
  data(part: Buffer, position: number): void
  endEntry(): void
  /** What follows the last member, or is too long to be kept until the next. */
  rest(raw: Buffer): void
}

const mostHeldBytes = 4 << 20

/** @throws invalid, as the tar reader does */
export function createTarSplitter(handler: SplitHandler) {
  let held: Buffer = Buffer.alloc(0)
  let raw: Buffer[] = []
  let rawBytes = 0
  let current: Buffer = Buffer.alloc(0)
  let dataBytes = 0
  const keep = (bytes: Buffer) => {
    raw.push(Buffer.from(bytes))
    rawBytes += bytes.length
  }
  const takeRaw = () => {
    const taken = Buffer.concat(raw)
    raw = []
    rawBytes = 0
    return taken
  }
  const reader = createTarReader({
    entry(entry) {
      keep(current)
      dataBytes = current.length
      handler.entry(entry, takeRaw())
    },
    data(part, position) {
      dataBytes = part.length
      handler.data(part, position)
    },
    endEntry: () => handler.endEntry(),
  })
  const feed = (block: Buffer) => {
    current = block
    dataBytes = 0
    reader.write(block)
    if (dataBytes < block.length) keep(block.subarray(dataBytes))
    if (rawBytes > mostHeldBytes) handler.rest(takeRaw())
  }
  return {
    write(chunk: Buffer) {
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      let at = 0
      for (; at + blockBytes <= all.length; at += blockBytes) feed(all.subarray(at, at + blockBytes))
      held = Buffer.from(all.subarray(at))
    },
    end() {
      if (held.length > 0) feed(held)
      reader.end()
      handler.rest(takeRaw())
    },
  }
}
