// Random bytes straight from the kernel (urandom(4)): node:crypto takes 10 ms to load, a tenth of a whole `run`.

import { closeSync, openSync, readSync } from 'node:fs'

export function randomHex(bytes: number): string {
  return randomBuffer(bytes).toString('hex')
}

/** From 0 to below `count`; the bias is below 2⁻²⁰ for counts up to a few thousand. */
export function randomIndex(count: number): number {
  return randomBuffer(4).readUInt32LE() % count
}

function randomBuffer(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  const fd = openSync('/dev/urandom', 'r')
  try {
    readSync(fd, buffer)
    return buffer
  } finally {
    closeSync(fd)
  }
}
