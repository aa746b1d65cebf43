// Sparse members: old GNU (type S), and the pax forms 0.0, 0.1 and 1.0. A map lists where the stored bytes lie in the file.

import { decodeNumber, malformed } from './tar-header.ts'
import { type PaxRecords, paxNumber, paxText } from './tar-pax.ts'

export interface SparseSegment {
  readonly offset: number
  readonly length: number
}

export interface SparsePlan {
  readonly realSize: number
  /** Undefined: the map stands at the beginning of the member's data (1.0). */
  readonly map: SparseSegment[] | undefined
  readonly name: string | undefined
}

/** More segments than this is an attack on memory, not a file. */
export const maxSegments = 1 << 18

/** What the pax records say about sparseness; undefined for an ordinary member. */
export function sparseFromPax(records: PaxRecords): SparsePlan | undefined {
  const name = paxText(records, 'GNU.sparse.name')
  const size = paxText(records, 'GNU.sparse.realsize') ?? paxText(records, 'GNU.sparse.size')
  if (size === undefined) return undefined
  const realSize = paxNumber(size)
  if (paxText(records, 'GNU.sparse.major') === '1') return { realSize, map: undefined, name }
  const joined = paxText(records, 'GNU.sparse.map')
  const numbers = joined === undefined ? numbersOf00(records) : joined.split(',').map((text) => paxNumber(text))
  return { realSize, map: pairs(numbers), name }
}

/** The four segments of an old GNU sparse header, and whether extension blocks follow. */
export function sparseFromGnu(block: Buffer): { map: SparseSegment[]; isExtended: boolean; realSize: number } {
  return { map: gnuPairs(block, 386, 4), isExtended: block[482] !== 0, realSize: decodeNumber(block, 483, 12) }
}

export function sparseExtension(block: Buffer): { map: SparseSegment[]; isExtended: boolean } {
  return { map: gnuPairs(block, 0, 21), isExtended: block[504] !== 0 }
}

/** Takes the blocks that a 1.0 member's data begins with; answers the map with its last block. */
export function sparseMapCollector(): (block: Buffer) => SparseSegment[] | undefined {
  const blocks: Buffer[] = []
  let lines = 0
  let wanted: number | undefined
  return (block) => {
    blocks.push(Buffer.from(block))
    for (let at = block.indexOf(10); at !== -1; at = block.indexOf(10, at + 1)) lines++
    wanted ??= linesOfMap(block)
    if (lines < wanted) return undefined
    const numbers = Buffer.concat(blocks).toString('latin1').split('\n', wanted)
    return pairs(numbers.slice(1).map((text) => paxNumber(text)))
  }
}

function linesOfMap(block: Buffer): number {
  const count = paxNumber(block.toString('latin1', 0, Math.max(0, block.indexOf(10))))
  if (count > maxSegments) throw tooMany()
  return 1 + 2 * count
}

/** @throws invalid `tar-header-malformed` unless segments ascend, do not overlap, and hold exactly `storedBytes`. */
export function checkSparse(map: readonly SparseSegment[], sizes: { realSize: number; storedBytes: number }): void {
  let end = 0
  let stored = 0
  for (const segment of map) {
    if (segment.offset < end || segment.length < 0) throw malformed('a sparse map is out of order')
    end = segment.offset + segment.length
    stored += segment.length
  }
  if (end > sizes.realSize || sizes.realSize < 0) throw malformed('a sparse map leads past the end of its file')
  if (stored !== sizes.storedBytes) throw malformed('a sparse map and the size of its member disagree')
}

function tooMany(): Error {
  return malformed(`a sparse map has more than ${maxSegments} segments`)
}

function numbersOf00(records: PaxRecords): number[] {
  return records
    .filter(({ key }) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
    .map(({ value }) => paxNumber(value))
}

function pairs(numbers: readonly number[]): SparseSegment[] {
  if (numbers.length % 2 !== 0) throw malformed('a sparse map has an odd length')
  if (numbers.length / 2 > maxSegments) throw tooMany()
  const map: SparseSegment[] = []
  for (let index = 0; index < numbers.length; index += 2) {
    map.push({ offset: numbers[index] ?? 0, length: numbers[index + 1] ?? 0 })
  }
  return map
}

function gnuPairs(block: Buffer, offset: number, count: number): SparseSegment[] {
  const map: SparseSegment[] = []
  for (let index = 0; index < count; index++) {
    const at = offset + index * 24
    if (block[at] === 0) break
    map.push({ offset: decodeNumber(block, at, 12), length: decodeNumber(block, at + 12, 12) })
  }
  return map
}
