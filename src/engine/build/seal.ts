// What a step has written becomes a layer: packed at once, for its digest names the image so far; given to the store beside the next steps.

import { join } from 'node:path'
import { chainIds } from '../../image/chain-id.ts'
import { mediaTypes } from '../../image/manifest.ts'
import type { PackedEntry } from '../../image/pack-folder.ts'
import { paths } from '../../state/layout.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { adoptLayer } from '../../storage/adopt-layer.ts'
import { ensureLayer } from '../../storage/layer-store.ts'
import { packChanges } from '../../storage/pack-changes.ts'
import { pinContent } from '../../transport/pin.ts'
import { type StagedLayer, stageLayer } from '../../transport/stage-layer.ts'
import { openRoot } from '../container/root-folder.ts'
import type { Engine } from '../engine.ts'
import { dropMountTraces, isMountTrace, placesInside } from './mount-traces.ts'
import { type Stack, type StackLayer, treesOf } from './stack.ts'
import { setTreeTimes, type TreeTime } from './tree-times.ts'
import { type Bench, clearBench, takeUpper, type Workshop } from './workshop.ts'

export interface SealRequest {
  readonly workshop: Workshop
  readonly bench: Bench
  readonly stack: Stack
  /** What the bench was mounted over, where it was not that: nothing, for a layer that can lie on any. */
  readonly below?: Stack
  /** Mount points of what ran in it. */
  readonly mountPoints: readonly string[]
  readonly time: TreeTime | undefined
  /** Keep the layer from being collected until the build ends. */
  readonly pins: DisposableStack
}

/** The bench is clear afterwards. @throws what packing throws */
export async function seal(engine: Engine, request: SealRequest): Promise<StackLayer> {
  const { workshop, bench, stack, pins, time } = request
  if (engine.storage().mountOver === undefined) return sealByUnpacking(engine, request)
  const { whiteouts: style } = engine.storage()
  const places = placesInside(bench.merged, request.mountPoints)
  const tree = { path: join(workshop.folder, `tree-${stack.length}`) }
  takeUpper(engine, workshop, tree.path)
  const lowers = treesOf(engine.at, request.below ?? stack)
  dropMountTraces({ upper: tree.path, lowers, style }, places)
  if (time !== undefined) setTreeTimes(tree.path, time)
  const count = openCount()
  const packing = packChanges({ folder: tree.path, isWhole: false, lowers, style }, noMerged, count.rules)
  const staged = await stageLayer(engine.at, packing, engine.signal)
  const layer = describe(stack, staged)
  pins.use(await pinContent(engine.at, { blobs: [layer.blob], layers: [layer.chainId] }, engine.patience))
  const publish = async () => {
    using _staged = staged
    await stack.at(-1)?.published
    staged.publish()
    await adoptLayer(engine.at, { ...layer, ...parentOf(stack), ...count.sums(), tree }, engine.patience)
  }
  return { ...layer, tree, published: observed(inOwnLockFlow(publish)) }
}

/** No redirect is in the tree: nothing is looked up in the whole. */
const noMerged = -1

async function sealByUnpacking(engine: Engine, request: SealRequest): Promise<StackLayer> {
  const { workshop, bench, stack, pins, time } = request
  const { whiteouts: style } = engine.storage()
  const isWhole = style === 'vfs'
  if (time !== undefined && !isWhole) setTreeTimes(bench.upper, time)
  const lowers = treesOf(engine.at, request.below ?? stack)
  const isLeftOut = isMountTrace(placesInside(bench.merged, request.mountPoints), { lowers, style })
  using root = openRoot(bench.merged)
  const packing = packChanges({ folder: bench.upper, isWhole, lowers, style }, root.fd, { isLeftOut })
  using staged = await stageLayer(engine.at, packing, engine.signal)
  clearBench(engine, workshop)
  const layer = describe(stack, staged)
  pins.use(await pinContent(engine.at, { blobs: [layer.blob], layers: [layer.chainId] }, engine.patience))
  staged.publish()
  const source = paths.blob(engine.at, layer.blob)
  const { unpackLimits: limits } = engine.settings
  const context = { whiteouts: style, limits, patience: engine.patience, signal: engine.signal }
  const { chainId, diffId } = layer
  const wanted = { chainId, diffId, ...parentOf(stack), source }
  await inOwnLockFlow(async () => ensureLayer(engine.at, wanted, context))
  return { ...layer, published: Promise.resolve() }
}

type Described = Omit<StackLayer, 'published' | 'tree'>

function describe(stack: Stack, { digest, size }: StagedLayer): Described {
  const chain = chainIds([...stack.map((layer) => layer.diffId), digest])
  const chainId = chain.at(-1) ?? digest
  return { diffId: digest, chainId, blob: digest, blobBytes: size, mediaType: mediaTypes.ociLayer }
}

function parentOf(stack: Stack) {
  const parent = stack.at(-1)
  return parent === undefined ? {} : { parent: parent.chainId }
}

/** Who waits for it gets the error; that nobody waits yet is none. */
function observed(work: Promise<void>): Promise<void> {
  work.catch(() => undefined)
  return work
}

/** What a layer's record says of its tree, found while it is packed. */
function openCount() {
  let sizeBytes = 0
  let files = 0
  const links = new Set<bigint>()
  const isLeftOut = ({ stat }: PackedEntry) => {
    files += 1
    if (stat.isFile() && !links.has(stat.ino)) sizeBytes += Number(stat.size)
    if (stat.nlink > 1n) links.add(stat.ino)
    return false
  }
  return { rules: { isLeftOut }, sums: () => ({ sizeBytes, files }) }
}
