// Reading systemd's journal through journalctl, in its export format: the one that carries any byte.

import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { EngineError, errnoOf } from '../base/errors.ts'
import { nothing, plainEnvironment, spawnProcess } from './spawn.ts'

/** Field name → value. Names that begin with two underscores are addresses: `__CURSOR`, `__REALTIME_TIMESTAMP` (µs since 1970). */
export type JournalRecord = ReadonlyMap<string, Buffer>

/**
 * What `journalctl ARGV` finds, in batches as they come; with --follow until `signal` fires or the caller leaves.
 * @throws unavailable `journal-unreadable`; not-found `program-not-found`
 */
export async function* readJournalRecords(
  argv: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<readonly JournalRecord[]> {
  if (signal?.aborted) return
  const child = spawn('journalctl', ['--output=export', '--quiet', '--no-pager', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: plainEnvironment(),
  })
  let isLeft = false
  const leave = () => {
    isLeft = true
    child.kill()
  }
  signal?.addEventListener('abort', leave, { once: true })
  const ended = new Promise<number | Error>((resolve) => {
    child.once('error', resolve)
    child.once('close', (code) => resolve(code ?? 1))
  })
  const complaint = lastWords(child.stderr)
  try {
    const parser = exportParser()
    for await (const piece of child.stdout as AsyncIterable<Buffer>) yield parser(piece)
    const end = await ended
    if (!isLeft) check(end, complaint())
  } finally {
    signal?.removeEventListener('abort', leave)
    leave()
  }
}

/** Waits until everything that was sent to the journal can be read. Where that cannot be asked for (another user's journal): does nothing. */
export async function syncJournal(): Promise<void> {
  try {
    await spawnProcess('journalctl', ['--sync'], { fds: [nothing, nothing, nothing] }).end()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

const lineEnd = 0x0a
const equals = 0x3d
const sizeBytes = 8

/** Each call takes a piece of the stream and returns the records that are complete with it. */
export function exportParser(): (piece: Buffer) => JournalRecord[] {
  let rest: Buffer = Buffer.alloc(0)
  let fields = new Map<string, Buffer>()
  return (piece) => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const records: JournalRecord[] = []
    let at = 0
    for (let field = parseField(bytes, at); field !== undefined; field = parseField(bytes, at)) {
      at = field.end
      if (field.name !== '') fields.set(field.name, field.value)
      else if (fields.size > 0) {
        records.push(fields)
        fields = new Map()
      }
    }
    rest = bytes.subarray(at)
    return records
  }
}

interface Field {
  /** Empty: the record ends here. */
  readonly name: string
  readonly value: Buffer
  readonly end: number
}

/** `NAME=value\n`, or `NAME\n`, a little-endian length in 8 bytes, the value, `\n`. Undefined when more is needed. */
function parseField(bytes: Buffer, at: number): Field | undefined {
  const end = bytes.indexOf(lineEnd, at)
  if (end === -1) return undefined
  const split = bytes.subarray(at, end).indexOf(equals)
  if (split !== -1) {
    return { name: bytes.toString('latin1', at, at + split), value: bytes.subarray(at + split + 1, end), end: end + 1 }
  }
  if (end === at) return { name: '', value: bytes.subarray(at, at), end: end + 1 }
  const start = end + 1 + sizeBytes
  if (bytes.length < start) return undefined
  const valueEnd = start + Number(bytes.readBigUInt64LE(end + 1))
  if (bytes.length < valueEnd + 1) return undefined
  return { name: bytes.toString('latin1', at, end), value: bytes.subarray(start, valueEnd), end: valueEnd + 1 }
}

const keptBytes = 4096

function lastWords(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text = (text + piece).slice(-keptBytes)
  })
  return () => text.trim()
}

function check(end: number | Error, complaint: string): void {
  if (end === 0 || complaint.startsWith('No journal files were found')) return
  if (errnoOf(end) === 'ENOENT') {
    throw new EngineError({
      kind: 'not-found',
      code: 'program-not-found',
      message: `no program 'journalctl'`,
      cause: end,
    })
  }
  const said = complaint === '' ? String(end) : (complaint.split('\n')[0] as string)
  throw new EngineError({
    kind: 'unavailable',
    code: 'journal-unreadable',
    message: `reading the journal failed: ${said}`,
  })
}
