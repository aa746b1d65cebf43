// A push parser for tar streams: bytes in, members out, all synchronous, so that one worker thread hashes, parses and writes
// without a promise per member. Sparse members arrive as data at positions. Throws on the first unsound byte.

import { invalid } from '../base/errors.ts'
import type { TarEntry, TarType } from './tar-entry.ts'
import { blockBytes, decodeHeader, isZeroBlock, malformed, type RawHeader } from './tar-header.ts'
import { decodePax, type PaxFields, type PaxRecord, paxFields } from './tar-pax.ts'
import {
  checkSparse,
  maxSegments,
  type SparsePlan,
  type SparseSegment,
  sparseExtension,
  sparseFromGnu,
  sparseFromPax,
  sparseMapCollector,
} from './tar-sparse.ts'

export interface TarHandler {
  /** A member begins. The callee may not keep references into chunks; names are its own. */
  entry(entry: TarEntry): void
  /** Bytes of the current member; `chunk` is only valid during the call. */
  data(chunk: Buffer, position: number): void
  /** The current member is complete. Called for every entry. */
  endEntry(): void
}

export interface TarReader {
  write(chunk: Buffer): void
  /** @throws invalid `tar-truncated` when the archive stops in the middle */
  end(): void
}

/** Headers of headers (pax, long names) larger than this are refused: Go's archive/tar draws the same line. */
const maxMetaBytes = 1 << 20

const types: Readonly<Record<string, TarType>> = {
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'folder',
  '6': 'fifo',
}

/** What the reader waits for: a fixed number of bytes as one buffer, or a run of bytes as they come. */
type Want =
  | { readonly kind: 'header' }
  | { readonly kind: 'block'; readonly bytes: number; readonly then: (state: State, block: Buffer) => void }
  | { readonly kind: 'data'; left: number; position: number }
  | { readonly kind: 'skip'; left: number }
  | { readonly kind: 'end' }

/** Collected from the special members that precede a member. */
interface Pending {
  records: PaxRecord[]
  longName?: string
  longLink?: string
}

interface State {
  readonly handler: TarHandler
  want: Want
  /** The beginning of a block whose rest has not arrived. */
  held: Buffer
  pending: Pending
  zeroBlocks: number
  /** Of the current member: what is left of its map, and the bytes that fill its last block. */
  segments: Iterator<SparseSegment>
  padding: number
}

export function createTarReader(handler: TarHandler): TarReader {
  const state: State = {
    handler,
    want: { kind: 'header' },
    held: Buffer.alloc(0),
    pending: { records: [] },
    zeroBlocks: 0,
    segments: [].values(),
    padding: 0,
  }
  return {
    write(chunk) {
      let rest = chunk
      while (rest.length > 0) rest = rest.subarray(consume(state, rest))
    },
    end: () => checkEnd(state),
  }
}

function checkEnd({ want, held, pending }: State): void {
  // The end mark may be missing: Go's and GNU's readers allow that.
  const isBetween = want.kind === 'header' && held.length === 0
  const hasPending = pending.records.length > 0 || pending.longName !== undefined || pending.longLink !== undefined
  if ((want.kind === 'end' || isBetween) && !hasPending) return
  throw invalid('tar-truncated', 'the layer is not a sound tar archive: it ends in the middle of a member')
}

/** Answers how many bytes of `chunk` it used; never 0. */
function consume(state: State, chunk: Buffer): number {
  const want = state.want
  switch (want.kind) {
    case 'data': {
      const part = chunk.length <= want.left ? chunk : chunk.subarray(0, want.left)
      state.handler.data(part, want.position)
      want.position += part.length
      want.left -= part.length
      if (want.left === 0) nextSegment(state)
      return part.length
    }
    case 'skip': {
      const count = Math.min(want.left, chunk.length)
      want.left -= count
      if (want.left === 0) state.want = { kind: 'header' }
      return count
    }
    case 'header':
      return consumeBlock(state, chunk, { bytes: blockBytes, then: onHeader })
    case 'block':
      return consumeBlock(state, chunk, want)
    case 'end':
      return chunk.length
  }
}

type BlockWant = { readonly bytes: number; readonly then: (state: State, block: Buffer) => void }

function consumeBlock(state: State, chunk: Buffer, want: BlockWant): number {
  if (state.held.length === 0 && chunk.length >= want.bytes) {
    want.then(state, chunk.subarray(0, want.bytes))
    return want.bytes
  }
  const count = Math.min(want.bytes - state.held.length, chunk.length)
  const block = Buffer.concat([state.held, chunk.subarray(0, count)])
  const isWhole = block.length === want.bytes
  state.held = isWhole ? Buffer.alloc(0) : block
  if (isWhole) want.then(state, block)
  return count
}

function onHeader(state: State, block: Buffer): void {
  if (isZeroBlock(block)) {
    state.zeroBlocks++
    state.want = { kind: state.zeroBlocks === 2 ? 'end' : 'header' }
    return
  }
  if (state.zeroBlocks > 0) throw malformed('a member follows the end mark')
  const raw = decodeHeader(block)
  if (raw.size < 0) throw malformed('a member has a negative size')
  if (raw.typeflag === 'S') startGnuSparse(state, raw, block)
  else if ('xgLKV'.includes(raw.typeflag)) startMeta(state, raw)
  else startMember(state, raw, sparseFromPax(state.pending.records))
}

function startMeta(state: State, raw: RawHeader): void {
  if (raw.size > maxMetaBytes) throw malformed(`a pax header or long name is larger than ${maxMetaBytes} bytes`)
  const bytes = raw.size + paddingOf(raw.size)
  state.want = { kind: 'header' }
  if (bytes === 0) return
  state.want = {
    kind: 'block',
    bytes,
    then: (now, block) => {
      now.want = { kind: 'header' }
      applyMeta(now.pending, raw.typeflag, block.subarray(0, raw.size))
    },
  }
}

function applyMeta(pending: Pending, typeflag: string, bytes: Buffer): void {
  // Records outlive the chunk that they came in.
  if (typeflag === 'x') pending.records = decodePax(Buffer.from(bytes))
  else if (typeflag === 'L') pending.longName = untilNul(bytes)
  else if (typeflag === 'K') pending.longLink = untilNul(bytes)
  // Type g (defaults for all that follows) and V (a volume label) are ignored, as docker and podman do.
  else if (typeflag === 'g') decodePax(bytes)
}

function startGnuSparse(state: State, raw: RawHeader, block: Buffer): void {
  const { map, isExtended, realSize } = sparseFromGnu(block)
  const plan = { realSize, map, name: undefined }
  const more = (now: State, extension: Buffer): void => {
    const next = sparseExtension(extension)
    map.push(...next.map)
    if (map.length > maxSegments) throw malformed('a sparse map is too long')
    if (!next.isExtended) startMember(now, raw, plan)
  }
  if (isExtended) state.want = { kind: 'block', bytes: blockBytes, then: more }
  else startMember(state, raw, plan)
}

function startMember(state: State, raw: RawHeader, sparse: SparsePlan | undefined): void {
  const fields = paxFields(state.pending.records)
  const entry = toEntry(raw, { fields, pending: state.pending, sparse })
  // Links, folders and devices have no data, whatever the header's size says: Go's rule, so docker's and podman's.
  const stored = entry.type === 'file' ? (fields.size ?? raw.size) : 0
  state.pending = { records: [] }
  state.padding = paddingOf(stored)
  if (entry.type === 'file' && sparse !== undefined) startSparse(state, entry, { sparse, stored })
  else begin(state, entry, [{ offset: 0, length: stored }])
}

function startSparse(state: State, entry: TarEntry, of: { sparse: SparsePlan; stored: number }): void {
  const { realSize } = of.sparse
  if (of.sparse.map !== undefined) {
    checkSparse(of.sparse.map, { realSize, storedBytes: of.stored })
    begin(state, entry, of.sparse.map)
    return
  }
  const collect = sparseMapCollector()
  let left = of.stored
  const then = (now: State, block: Buffer): void => {
    left -= blockBytes
    if (left < 0) throw malformed('a sparse map is longer than its member')
    const map = collect(block)
    if (map === undefined) return
    checkSparse(map, { realSize, storedBytes: left })
    begin(now, entry, map)
  }
  state.want = { kind: 'block', bytes: blockBytes, then }
}

function begin(state: State, entry: TarEntry, map: readonly SparseSegment[]): void {
  state.handler.entry(entry)
  state.segments = map.values()
  nextSegment(state)
}

function nextSegment(state: State): void {
  for (let next = state.segments.next(); next.done !== true; next = state.segments.next()) {
    if (next.value.length === 0) continue
    state.want = { kind: 'data', left: next.value.length, position: next.value.offset }
    return
  }
  state.handler.endEntry()
  state.want = state.padding === 0 ? { kind: 'header' } : { kind: 'skip', left: state.padding }
}

function toEntry(
  raw: RawHeader,
  extra: { fields: PaxFields; pending: Pending; sparse: SparsePlan | undefined },
): TarEntry {
  const { fields, pending, sparse } = extra
  const name = sparse?.name ?? fields.name ?? pending.longName ?? raw.name
  return {
    ...ownerOf(raw, fields),
    type: typeOf(raw, name),
    name,
    linkName: fields.linkName ?? pending.longLink ?? raw.linkName,
    mode: raw.mode & 0o7777,
    mtimeNs: fields.mtimeNs ?? BigInt(raw.mtimeSeconds) * 1_000_000_000n,
    size: sparse?.realSize ?? fields.size ?? raw.size,
    major: raw.major,
    minor: raw.minor,
    xattrs: fields.xattrs,
  }
}

function typeOf(raw: RawHeader, name: string): TarType {
  const type = types[raw.typeflag]
  if (type === undefined) {
    throw invalid('tar-type-unknown', `the layer holds a member of unknown type ${JSON.stringify(raw.typeflag)}`)
  }
  // Archives from before ustar mark a folder by its name alone.
  return type === 'file' && raw.size === 0 && name.endsWith('/') ? 'folder' : type
}

function ownerOf(raw: RawHeader, fields: PaxFields): { uid: number; gid: number } {
  return { uid: userNumber(fields.uid ?? raw.uid), gid: userNumber(fields.gid ?? raw.gid) }
}

function userNumber(id: number): number {
  // 2^32-1 means "leave it" to chown(2).
  if (id < 0 || id >= 0xffffffff) throw malformed('an owner is out of range')
  return id
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
}

function paddingOf(size: number): number {
  const over = size % blockBytes
  return over === 0 ? 0 : blockBytes - over
}
