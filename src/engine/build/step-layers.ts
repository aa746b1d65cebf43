// What the records of all steps refer to. A machine that builds much has thousands of them, and each removal of an image asks: those that have not
// changed since (same file, same time) are known from build-cache/layers.json, which anybody may delete.

import { statSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { replaceFile } from '../../os/atomic-file.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { currentSchema, readRecord, type Versioned } from '../../state/record.ts'
import { cachedResults, stepKeys } from './build-cache.ts'

export interface StepLayer {
  readonly chainId: Digest
  readonly blob: Digest
}

interface Known {
  /** Of the record: inode, time of change, size. */
  readonly file: string
  readonly layers: readonly StepLayer[]
}

interface KnownRecord extends Versioned {
  /** When a record last came to the folder or went from it. */
  readonly changedAt: number
  readonly steps: Readonly<Record<string, Known>>
}

/** Fewer are read as quickly. */
const worthWriting = 100
/** Of the clock of files: what changes within one tick cannot be told apart. */
const tickMs = 100

/** By the step's key. Lock-free; needs no free space. */
export function stepLayers(at: Layout): ReadonlyMap<string, readonly StepLayer[]> {
  const changedAt = statSync(paths.buildSteps(at), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const known = readKnown(at)
  if (known !== undefined && known.changedAt === changedAt) return layersByKey(Object.entries(known.steps))
  const found = new Map<string, Known>()
  for (const key of stepKeys(at)) {
    const file = identityOf(paths.buildStep(at, key))
    if (file === undefined) continue
    const before = known?.steps[key]
    found.set(key, before?.file === file ? before : { file, layers: layersOf(at, key) })
  }
  const isSettled = changedAt + tickMs < Date.now()
  if (found.size >= worthWriting) remember(at, { changedAt: isSettled ? changedAt : -1, found })
  return layersByKey(found)
}

function layersByKey(steps: Iterable<[string, Known]>): ReadonlyMap<string, readonly StepLayer[]> {
  return new Map(Array.from(steps, ([key, { layers }]) => [key, layers]))
}

function layersOf(at: Layout, key: string): StepLayer[] {
  return cachedResults(at, key).flatMap(({ layer }) => {
    return layer === undefined ? [] : [{ chainId: layer.chainId, blob: layer.blob }]
  })
}

/** A record is replaced, never changed. */
function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.ino} ${stat.mtimeMs} ${stat.size}`
}

function readKnown(at: Layout): KnownRecord | undefined {
  try {
    return readRecord<KnownRecord>(paths.buildLayers(at))
  } catch {
    return undefined
  }
}

function remember(at: Layout, { changedAt, found }: { changedAt: number; found: ReadonlyMap<string, Known> }): void {
  const record: KnownRecord = { schema: currentSchema, changedAt, steps: Object.fromEntries(found) }
  try {
    replaceFile(paths.buildLayers(at), JSON.stringify(record), { durable: false })
  } catch {
    // A full disk: it is only quicker with it.
  }
}
