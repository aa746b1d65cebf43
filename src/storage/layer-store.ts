// Unpacked layers: layers/<hex>/{diff,layer.json} and a short link in l/. A layer is built as `<hex>.<random>.tmp` under the
// lock `layer-<hex>`, synced, and renamed in: what has its final name is whole, also after a power cut. That it has the name is
// made durable by whoever refers to it: publishing an image syncs the store.

import { chmodSync, closeSync, constants, openSync, readdirSync, renameSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Digest, digestHex } from '../base/digest.ts'
import { EngineError, errnoOf, errorMessage } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import { randomHex } from '../base/random.ts'
import { type ArrivingBlob, closeArriving, isArrivedAs } from '../image/arriving-blob.ts'
import type { LayerRecord } from '../image/record.ts'
import type { UnpackResult } from '../image/unpack.ts'
import { removeFile, syncFolder, writeNewFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { native } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'
import { syncTogether } from '../os/sync-together.ts'
import { type Layout, paths } from '../state/layout.ts'
import { acquireLock, type HeldLock, type LockPatience, type LockRequest, tryAcquireLock } from '../state/lock.ts'
import { currentSchema } from '../state/record.ts'
import { bury, type Grave } from '../state/trash.ts'
import { completeLayer, isIncomplete } from './complete-layer.ts'
import { layerDiff, layerRecord } from './layer-record.ts'
import { type LayerBuild, type LayerContext, type LayerRequest, type Unpacked, unpackInto } from './unpack-into.ts'

/** Being built by this process: a child waits for its parent before it is published. */
const inFlight = new Map<string, Promise<LayerRecord>>()

/**
 * The unpacked layer, made if it is not there. Idempotent; several layers may be asked for at once, lowest first.
 * Nothing of a layer that is refused is kept.
 * @throws what `unpackStream` throws; unavailable `lock-timeout`; canceled
 */
export async function ensureLayer(at: Layout, request: LayerRequest, context: LayerContext): Promise<LayerRecord> {
  const path = paths.layer(at, request.chainId)
  const running = inFlight.get(path)
  if (running !== undefined) {
    leaveAlone(request)
    return running
  }
  const building = ensureOnce(at, request, context).finally(() => inFlight.delete(path))
  inFlight.set(path, building)
  return building
}

/** Idempotent; needs no free space. The caller knows that no image and no container uses it. */
export async function removeLayer(at: Layout, chainId: Digest, patience: LockPatience): Promise<void> {
  using lock = await lockLayer(at, chainId, patience)
  discardLayer(at, chainId)
  // Whoever waits for it sees that it is not current, and takes a new one.
  removeFile(lock.path)
}

/** Throws the layer away and unpacks it again: `system check --repair`. No container may be using it. */
export async function repairLayer(at: Layout, request: LayerRequest, context: LayerContext): Promise<LayerRecord> {
  const source = await request.source
  using _lock = await lockLayer(at, request.chainId, patienceOf(context))
  const record = await buildLayer(at, { ...request, source }, context)
  syncFolder(paths.layers(at))
  return record
}

/** How the layer's tree differs from what its blob holds, in words: it is unpacked once more, aside. Nothing changes. @throws as ensureLayer */
export async function layerDifferences(at: Layout, request: LayerRequest, context: LayerContext): Promise<string[]> {
  const { treeDifferences } = await import('./tree-differences.ts')
  const source = await request.source
  using _lock = await lockLayer(at, request.chainId, patienceOf(context))
  const temporary = `${paths.layer(at, request.chainId)}.${randomHex(6)}.tmp`
  try {
    const diff = join(temporary, 'diff')
    await fillDiff(at, { ...request, source, diff }, context)
    return treeDifferences(diff, layerDiff(at, request.chainId))
  } finally {
    removeTree(temporary)
  }
}

/** Throws the layer's folder and link away. The layer's lock is held. */
function discardLayer(at: Layout, chainId: Digest): void {
  using grave = buryLayer(at, chainId)
  if (grave !== undefined) removeTree(grave.path)
}

/** Takes the layer's folder and link out of the way; deleting needs no lock. The layer's lock is held. Undefined: no such layer. */
export function buryLayer(at: Layout, chainId: Digest): Grave | undefined {
  const link = linkOf(at, chainId)
  const grave = bury(at, paths.layer(at, chainId), 'layer-')
  if (grave !== undefined && link !== undefined) removeFile(join(paths.layerLinks(at), link))
  return grave
}

/** Final names in layers/, hex. */
export function layerNames(at: Layout): string[] {
  return readdirSync(paths.layers(at)).filter((name) => /^[0-9a-f]{64,128}$/.test(name))
}

export function layerLock(at: Layout, chainId: Digest): LockRequest {
  const hex = digestHex(chainId)
  return { path: join(paths.locks(at), `layer-${hex}`), kind: 'layer', label: `layer ${hex.slice(0, 12)}` }
}

/** A new link in l/ to the layer; short, for the options of an overlay mount are limited to a page. */
export function linkLayer(at: Layout, chainId: Digest): string {
  for (;;) {
    const name = BigInt(`0x${randomHex(8)}`)
      .toString(36)
      .slice(-6)
      .toUpperCase()
    try {
      symlinkSync(join('..', 'layers', digestHex(chainId), 'diff'), join(paths.layerLinks(at), name))
      return name
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
}

async function ensureOnce(at: Layout, request: LayerRequest, context: LayerContext): Promise<LayerRecord> {
  const existing = layerRecord(at, request.chainId)
  if (existing !== undefined) {
    leaveAlone(request)
    return existing
  }
  const arriving = await request.arriving
  const early = arriving === undefined ? undefined : await buildFromArriving(at, { ...request, arriving }, context)
  if (early !== undefined) return early
  const source = await request.source
  using lock = await lockLayer(at, request.chainId, patienceOf(context))
  try {
    return layerRecord(at, request.chainId) ?? (await buildLayer(at, { ...request, source }, context))
  } catch (error) {
    removeFile(lock.path)
    throw error
  }
}

/** Of a layer that needs no unpacking here. */
function leaveAlone({ arriving }: LayerRequest): void {
  void arriving?.then((blob) => blob && closeArriving(blob))
}

/**
 * The layer, unpacked while its blob comes; undefined where that is not to be: a thread or the layer's lock is somebody else's, or what came
 * at first was not what came in the end. @throws what `source` throws; what `unpackStream` throws of what is in it, once it is known to be the blob
 */
async function buildFromArriving(
  at: Layout,
  request: Omit<LayerRequest, 'arriving'> & { readonly arriving: ArrivingBlob },
  context: LayerContext,
): Promise<LayerRecord | undefined> {
  const { arriving, ...rest } = request
  const { chainId, source } = rest
  try {
    const { reserveWorker } = await import('../image/unpack-pool.ts')
    using worker = reserveWorker()
    using lock = worker && tryAcquireLock(layerLock(at, chainId))
    if (lock?.isCurrent !== true || layerRecord(at, chainId) !== undefined) return undefined
    try {
      return await buildLayer(at, { ...rest, source: arriving, whole: source }, context)
    } catch (error) {
      removeFile(lock.path)
      throw error
    }
  } catch (error) {
    const path = await source
    if (isOfContent(error) && isArrivedAs(arriving, path)) throw error
    logDebug(`layer ${chainId} is unpacked again, now that its blob is there: ${errorMessage(error)}`)
    return undefined
  } finally {
    closeArriving(arriving)
  }
}

/** What no second look would change. */
function isOfContent(error: unknown): boolean {
  return error instanceof EngineError && ['corrupt', 'invalid', 'denied', 'unsupported'].includes(error.kind)
}

/** Current: its file is the layer's own. */
export async function lockLayer(at: Layout, chainId: Digest, patience: LockPatience): Promise<HeldLock> {
  for (;;) {
    const lock = await acquireLock(layerLock(at, chainId), patience)
    if (lock.isCurrent) return lock
    lock[Symbol.dispose]()
  }
}

/** Replaces what is there. The layer's lock is held. */
async function buildLayer(at: Layout, build: LayerBuild, context: LayerContext): Promise<LayerRecord> {
  // Under the lock whatever is half-built is nobody's; so is a folder without a record.
  discardTemporaries(at, build.chainId)
  discardLayer(at, build.chainId)
  spreadLayers(at)
  const temporary = `${paths.layer(at, build.chainId)}.${randomHex(6)}.tmp`
  let link: string | undefined
  try {
    const diff = join(temporary, 'diff')
    const { result, written } = await fillDiff(at, { ...build, diff }, context)
    link = linkLayer(at, build.chainId)
    const record = recordOf(build, result, link)
    writeNewFile(join(temporary, 'layer.json'), `${JSON.stringify(record)}\n`, { durable: false })
    await Promise.all([build.whole, written])
    await syncTogether(at.root)
    await parentOf(at, build)
    renameSync(temporary, paths.layer(at, build.chainId))
    return record
  } catch (error) {
    if (link !== undefined) removeFile(join(paths.layerLinks(at), link))
    removeTree(temporary)
    throw error
  }
}

/** The whole tree, in a new folder. */
async function fillDiff(
  at: Layout,
  { diff, ...build }: LayerBuild & { readonly diff: string },
  context: LayerContext,
): Promise<Unpacked> {
  makeFolders(diff, 0o700)
  chmodSync(diff, 0o755)
  const unpacked = await unpackInto(at, diff, { build, context })
  if (isIncomplete(unpacked.result)) {
    await parentOf(at, build)
    completeLayer(at, { diff, parent: build.parent, whiteouts: context.whiteouts }, unpacked.result)
  }
  return unpacked
}

/** Waits for the layer below if this process is building it: no layer is published before those below it. */
async function parentOf(at: Layout, build: LayerBuild): Promise<void> {
  if (build.parent !== undefined) await inFlight.get(paths.layer(at, build.parent))
}

function recordOf(build: LayerBuild, result: UnpackResult, link: string): LayerRecord {
  return {
    schema: currentSchema,
    chainId: build.chainId,
    diffId: build.diffId,
    ...(build.parent === undefined ? {} : { parent: build.parent }),
    sizeBytes: result.sizeBytes,
    files: result.files,
    link,
    ...(result.isRootOpaque ? { isOpaque: true } : {}),
  }
}

/** Layers are unrelated trees, unpacked at once: in one part of the disk they would be in each other's way. */
function spreadLayers(at: Layout): void {
  const fd = openSync(paths.layers(at), constants.O_RDONLY | constants.O_DIRECTORY)
  native().spreadFolders(fd)
  closeSync(fd)
}

function discardTemporaries(at: Layout, chainId: Digest): void {
  const own = `${basename(paths.layer(at, chainId))}.`
  for (const name of readdirSync(paths.layers(at))) {
    if (name.startsWith(own) && name.endsWith('.tmp')) removeTree(join(paths.layers(at), name))
  }
}

function linkOf(at: Layout, chainId: Digest): string | undefined {
  try {
    return layerRecord(at, chainId)?.link
  } catch {
    // Damaged: the sweep finds a link that leads nowhere.
    return undefined
  }
}

function patienceOf(context: LayerContext): LockPatience {
  return context.signal === undefined ? context.patience : { ...context.patience, signal: context.signal }
}
