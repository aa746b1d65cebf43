// What earlier builds made: build-cache/steps/<key>.json, a file a step and its parents. A record names a layer; whether that is there still, and
// lies on the same layers, is for who finds it to see. Records are written after their layers, without a sync: one that a crash has torn is none.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { digestHex, digestOf } from '../../base/digest.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import { chainIds } from '../../image/chain-id.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { currentSchema, readRecord, type Versioned, writeRecord } from '../../state/record.ts'
import { layerRecord } from '../../storage/layer-record.ts'
import type { Stack, StackLayer } from './stack.ts'

export interface StepResult {
  /** Digest of what the step reads beside the image: of COPY's sources; empty for others. */
  readonly content: string
  readonly createdAt: string
  /** What history says that was copied, or that a RUN was shown. */
  readonly summary?: string
  /** Absent for a step that changes the configuration alone. */
  readonly layer?: CachedLayer
}

export type CachedLayer = Pick<StackLayer, 'diffId' | 'chainId' | 'blob' | 'blobBytes' | 'mediaType'>

interface StepRecord extends Versioned {
  /** Newest first. */
  readonly results: readonly StepResult[]
}

const maxResults = 16

/** A key from its parent's and all that decides the step's outcome. */
export function cacheKey(...parts: readonly unknown[]): string {
  return digestHex(digestOf(JSON.stringify(parts)))
}

/** Lock-free. */
export function cachedResults(at: Layout, key: string): readonly StepResult[] {
  try {
    return readRecord<StepRecord>(paths.buildStep(at, key))?.results ?? []
  } catch {
    return []
  }
}

/** Whether the result's layer can stand on the stack. */
export function isUsable(at: Layout, { layer }: StepResult, stack: Stack): boolean {
  if (layer === undefined) return true
  const chain = chainIds([...stack.map(({ diffId }) => diffId), layer.diffId])
  return chain.at(-1) === layer.chainId && layerRecord(at, layer.chainId) !== undefined
}

/** Two builds that record one step at once: one of their results may be lost, no harm is done. */
export function recordResult(at: Layout, key: string, result: StepResult): void {
  makeFolders(paths.buildSteps(at), 0o700)
  const others = cachedResults(at, key).filter(({ content }) => content !== result.content)
  const record: StepRecord = { schema: currentSchema, results: [result, ...others].slice(0, maxResults) }
  writeRecord(paths.buildStep(at, key), record, { durable: false })
}

/** Names of all records. */
export function stepKeys(at: Layout): string[] {
  const names = absentAsUndefined(() => readdirSync(paths.buildSteps(at))) ?? []
  return names.flatMap((name) => (/^[0-9a-f]{64}\.json$/.test(name) ? [name.slice(0, 64)] : []))
}

/** Idempotent. The images lock is held: nobody finds them and takes their layers for kept. */
export function forgetSteps(at: Layout, keys: readonly string[]): void {
  for (const key of keys) removeFile(paths.buildStep(at, key))
  for (const name of absentAsUndefined(() => readdirSync(paths.buildSteps(at))) ?? []) {
    if (name.endsWith('.tmp')) removeFile(join(paths.buildSteps(at), name))
  }
}
