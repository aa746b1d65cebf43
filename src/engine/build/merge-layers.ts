// Several layers as one: what they show together otherwise than the layers below them.

import { closeSync, constants, openSync } from 'node:fs'
import { chainIds } from '../../image/chain-id.ts'
import { mediaTypes } from '../../image/manifest.ts'
import { paths } from '../../state/layout.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { ensureLayer } from '../../storage/layer-store.ts'
import { packDifference } from '../../storage/pack-changes.ts'
import { pinContent } from '../../transport/pin.ts'
import { stageLayer } from '../../transport/stage-layer.ts'
import type { BuildSession } from './build-session.ts'
import { keepStack } from './keep-stack.ts'
import { type Stack, type StackLayer, treesOf } from './stack.ts'
import { openWorkshop, setUpBench } from './workshop.ts'

/** A layer that makes `whole` of `base`, in the store. */
export async function mergeLayers(session: BuildSession, base: Stack, whole: Stack): Promise<StackLayer> {
  const { engine, pins } = session
  const { at, patience, signal } = engine
  await keepStack(session, whole)
  await using workshop = await openWorkshop(engine)
  const { merged } = setUpBench(engine, workshop, whole)
  const root = openSync(merged, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const { whiteouts: style } = engine.storage()
    const tree = { folder: merged, isWhole: true, lowers: treesOf(at, base), style }
    using staged = await stageLayer(at, packDifference(tree, root, { isLeftOut: () => false }), signal)
    const { digest, size } = staged
    const chainId = chainIds([...base.map(({ diffId }) => diffId), digest]).at(-1) ?? digest
    pins.use(await pinContent(at, { blobs: [digest], layers: [chainId] }, patience))
    await Promise.all(base.map(({ published }) => published))
    staged.publish()
    const parent = base.at(-1)?.chainId
    const wanted = {
      chainId,
      diffId: digest,
      ...(parent === undefined ? {} : { parent }),
      source: paths.blob(at, digest),
    }
    const context = { whiteouts: style, limits: engine.settings.unpackLimits, patience, signal }
    await inOwnLockFlow(async () => ensureLayer(at, wanted, context))
    const made = { diffId: digest, chainId, blob: digest, blobBytes: size, mediaType: mediaTypes.ociLayer }
    return { ...made, published: Promise.resolve() }
  } finally {
    closeSync(root)
  }
}
