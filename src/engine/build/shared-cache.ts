// The cache that builds share with those of other machines: --cache-from and --cache-to. A step's key is the tag of its result there. What
// cannot be read is a warning, and the step is done here; what cannot be written is an error, once the build's steps are done.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { chainIds } from '../../image/chain-id.ts'
import { paths } from '../../state/layout.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { ensureLayer } from '../../storage/layer-store.ts'
import { bringBlob, readSmallFrom } from '../../transport/bring-blob.ts'
import { limitParallel } from '../../transport/limit-parallel.ts'
import { pinContent } from '../../transport/pin.ts'
import type { Engine } from '../engine.ts'
import { type CachedLayer, cacheKey, type StepResult } from './build-cache.ts'
import type { BuildRequest } from './build-request.ts'
import { type CacheReader, type FoundStep, openReaders } from './cache-readers.ts'
import { type CacheWriter, openWriters } from './cache-writers.ts'
import { keepStack } from './keep-stack.ts'
import { pushStep } from './push-step.ts'
import type { Stack, StackLayer } from './stack.ts'
import { malformed, maxStepBytes, parseStepDocument, parseStepManifest } from './step-document.ts'

export interface SharedStep {
  /** In the local cache. */
  readonly key: string
  readonly content: string
  /** Below it. */
  readonly stack: Stack
  /** Its layer is the same on any other. */
  readonly isIndependent: boolean
  readonly hasLayer: boolean
}

export interface SharedResult {
  readonly result: StepResult
  /** The place that it comes from. */
  readonly from: string
  readonly tag: string
}

export interface SharedCache extends AsyncDisposable {
  /** Its layer is in the store then, pinned until the build ends. Failures are warnings, and undefined. */
  find(step: SharedStep): Promise<SharedResult | undefined>
  /** Begins to send it to where it does not come from; the layer's blob is there once it is published. */
  push(step: SharedStep, pushed: PushedStep): void
  /** Waits for what is under way; nothing is pushed afterwards. @throws the first failure, naming the place */
  settle(): Promise<void>
}

export interface PushedStep {
  readonly result: StepResult
  readonly layer?: StackLayer
  readonly from?: string | undefined
}

export interface SharedCacheOptions {
  /** Ends what is read when a step fails; what was done before is still written. */
  readonly reading: Engine
  readonly writing: Engine
  readonly request: BuildRequest
  readonly pins: DisposableStack
}

/** Connects to nobody yet. */
export async function openSharedCache(options: SharedCacheOptions): Promise<SharedCache> {
  const { reading, writing, request } = options
  const { cache, access } = request
  await using stack = new AsyncDisposableStack()
  const { readers } = stack.use(await openReaders(reading, cache.from, access))
  const { writers } = stack.use(await openWriters(writing, cache.to, access))
  const gone = new Set<CacheReader>()
  const pushes = openPushes(options, writers)
  const rest = stack.move()
  return {
    find: async (step) => {
      for (const reader of readers) {
        const found = await findAt(options, { reader, gone }, step)
        if (found !== undefined) return found
      }
      return undefined
    },
    push: pushes.push,
    settle: pushes.settle,
    [Symbol.asyncDispose]: async () => rest[Symbol.asyncDispose](),
  }
}

/** What lies below is part of it: results on other layers would be of no use, and be in each other's way. */
function sharedTag({ key, content, stack, isIndependent }: SharedStep): string {
  const below = isIndependent ? [] : stack.map(({ diffId }) => diffId)
  return cacheKey('shared', key, content, below)
}

interface Reading {
  readonly reader: CacheReader
  /** Not to be asked again. */
  readonly gone: Set<CacheReader>
}

async function findAt(
  options: SharedCacheOptions,
  { reader, gone }: Reading,
  step: SharedStep,
): Promise<SharedResult | undefined> {
  if (gone.has(reader)) return undefined
  const { reading: engine, request } = options
  const warn = (message: string) =>
    request.observer.tell({ type: 'warning', message: `--cache-from ${reader.label}: ${message}` })
  const tag = sharedTag(step)
  try {
    const found = await reader.open(tag)
    if (found === undefined) return undefined
    const result = await inOwnLockFlow(async () => take(options, step, found))
    return { result, from: reader.label, tag }
  } catch (error) {
    engine.signal.throwIfAborted()
    if (!(error instanceof EngineError)) throw error
    const isOfStep = error.kind === 'corrupt' || error.kind === 'unsupported'
    if (isOfStep) warn(`${error.message}; the step is done anew`)
    else if (!gone.has(reader)) warn(`${error.message}; it is not asked again`)
    if (!isOfStep) gone.add(reader)
    return undefined
  }
}

/** @throws corrupt for what does not fit the step, has another digest, or unpacks to another layer */
async function take(
  { reading: engine, pins }: SharedCacheOptions,
  step: SharedStep,
  { source, manifest }: FoundStep,
): Promise<StepResult> {
  const { config, layer: blob } = parseStepManifest(manifest.bytes, manifest.mediaType)
  const { layer: said, ...result } = parseStepDocument(await readSmallFrom(source, config, maxStepBytes))
  if (result.content !== step.content) throw malformed('it is of other files')
  if (step.hasLayer !== (said !== undefined && blob !== undefined)) throw malformed('it is of another kind of step')
  if (said === undefined || blob === undefined) return result
  const { diffId } = said
  const chain = chainIds([...step.stack.map((below) => below.diffId), diffId])
  const chainId = chain.at(-1) ?? diffId
  if (!step.isIndependent && chainId !== said.chainId) throw malformed('its layer is of another stack')
  const { at, patience, signal } = engine
  pins.use(await pinContent(at, { blobs: [blob.digest], layers: [chainId] }, patience))
  await bringBlob({ at, signal, report: untold }, source, { blob })
  await Promise.all(step.stack.map(({ published }) => published))
  const parent = step.stack.at(-1)?.chainId
  const wanted = {
    chainId,
    diffId,
    ...(parent === undefined ? {} : { parent }),
    source: paths.blob(at, blob.digest),
  }
  const { whiteouts } = engine.storage()
  await ensureLayer(at, wanted, { whiteouts, limits: engine.settings.unpackLimits, patience, signal })
  const { digest, size: blobBytes, mediaType } = blob
  const layer: CachedLayer = { diffId, chainId, blob: digest, blobBytes, mediaType }
  return { ...result, layer }
}

/** How many steps are on their way at once. */
const parallelPushes = 4

function openPushes(
  options: SharedCacheOptions,
  writers: readonly CacheWriter[],
): Pick<SharedCache, 'push' | 'settle'> {
  const { writing: engine, request } = options
  const limit = limitParallel(parallelPushes)
  const failures = new Map<CacheWriter, unknown>()
  const underWay: Promise<void>[] = []
  const pushTo = async (writer: CacheWriter, tag: string, { result, layer }: PushedStep): Promise<void> => {
    if (failures.has(writer)) return
    try {
      if (layer !== undefined) await keepStack({ engine, pins: options.pins }, [layer])
      await pushStep(engine, writer, { tag, result })
    } catch (error) {
      failures.set(writer, failures.get(writer) ?? error)
    }
  }
  const push = (step: SharedStep, pushed: PushedStep): void => {
    const to = writers.filter((writer) => writer.label !== pushed.from)
    const tag = sharedTag(step)
    for (const writer of to) {
      const work = async () => {
        await pushed.layer?.published
        await limit(async () => inOwnLockFlow(async () => pushTo(writer, tag, pushed)))
      }
      // A layer that could not be published has the build fail.
      underWay.push(work().catch(() => undefined))
    }
    if (to.length > 0) request.observer.tell({ type: 'cache-pushed', to: to.map(({ label }) => label), tag })
  }
  const settle = async (): Promise<void> => {
    await Promise.all(underWay)
    for (const [writer, error] of failures) {
      engine.signal.throwIfAborted()
      if (!writer.isOptional) throw asPushError(writer, error)
      failures.delete(writer)
      const message = `--cache-to ${writer.label}: ${errorMessage(error)}`
      request.observer.tell({ type: 'warning', message })
    }
  }
  return { push, settle }
}

function asPushError({ label }: CacheWriter, error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  const { kind, code, message } = error
  const hint = code === 'blob-missing' ? 'Build with --no-cache: the step is done anew.' : error.hint
  const text = `failed pushing cache to '${label}': ${message}`
  return new EngineError({ kind, code, message: text, cause: error, ...(hint === undefined ? {} : { hint }) })
}

function untold(): void {
  // The step's line is all that a build tells.
}
