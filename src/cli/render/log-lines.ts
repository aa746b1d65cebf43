// Log entries as podman prints them: [container] [time] text; what came from stderr goes there. Bytes stay what they are.

import type { LogEntry } from '../../log/log-entry.ts'
import { complain, isSameOutput, print } from './print.ts'

export interface LogStyle {
  /** Name or short id, where several logs are printed. */
  readonly label: string | undefined
  readonly hasTimes: boolean
  readonly hasDetails: boolean
  /** Which of the colours; undefined for none. */
  readonly color: number | undefined
}

/** Prints batches of one container. Labels and times stand at the beginning of lines, not of pieces of lines. */
export function logPrinter(style: LogStyle): (entries: readonly LogEntry[]) => void {
  const out = outputBuffer()
  const isContinued = { stdout: false, stderr: false }
  const isPlain = style.label === undefined && !style.hasTimes && !style.hasDetails && style.color === undefined
  const [open, close] = style.color === undefined ? ['', ''] : [colorOf(style.color), '\x1b[0m']
  return (entries) => {
    for (const entry of entries) {
      out.choose(entry.stream)
      if (!isPlain) out.add(open + (isContinued[entry.stream] ? '' : headOf(entry, style)))
      out.add(entry.text)
      if (close !== '') out.add(close)
      if (entry.isWhole) out.add('\n')
      isContinued[entry.stream] = !entry.isWhole
    }
    out.flush()
  }
}

function headOf(entry: LogEntry, { label, hasTimes, hasDetails }: LogStyle): string {
  const head = (label === undefined ? '' : `${label} `) + (hasTimes ? `${entry.time} ` : '')
  return hasDetails ? head + detailsOf(entry) : head
}

function detailsOf({ attributes = {} }: LogEntry): string {
  const details = Object.entries(attributes).map(([key, value]) => `${key}=${value}`)
  return details.length === 0 ? '' : `${details.sort().join(',')} `
}

/** podman's order: light gray, red, yellow, blue, magenta, cyan, green. */
const colors = [37, 31, 33, 34, 35, 36, 32]

function colorOf(number: number): string {
  return `\x1b[${colors[number % colors.length]}m`
}

const bufferBytes = 256 * 1024

/** Few writes, each piece to the stream that was chosen for it, in order. */
function outputBuffer() {
  const buffer = Buffer.allocUnsafe(bufferBytes)
  const isOne = isSameOutput()
  let stream: LogEntry['stream'] = 'stdout'
  let used = 0
  const write = (bytes: Uint8Array) => (stream === 'stdout' || isOne ? print(bytes) : complain(bytes))
  const flush = () => {
    if (used > 0) write(buffer.subarray(0, used))
    used = 0
  }
  return {
    flush,
    choose(next: LogEntry['stream']) {
      if (next === stream) return
      if (!isOne) flush()
      stream = next
    },
    add(piece: string | Buffer) {
      const size = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length
      if (used + size > bufferBytes) flush()
      if (size > bufferBytes) write(Buffer.from(piece as Buffer))
      else used += typeof piece === 'string' ? buffer.write(piece, used) : piece.copy(buffer, used)
    },
  }
}
