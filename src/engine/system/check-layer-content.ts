// Unpacked layers that are not as their blobs say. Reading all of them would take as long as unpacking them: only those are compared in which
// something was touched since, as every change does to an inode's ctime; a layer whose blob was given up cannot be.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { paths } from '../../state/layout.ts'
import { layerDiff } from '../../storage/layer-record.ts'
import { layerDifferences } from '../../storage/layer-store.ts'
import { isTouchedSince } from '../../storage/tree-differences.ts'
import { isBlobIntact } from '../../transport/blob-store.ts'
import { listImages, listNames, namesOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import type { CheckOptions } from './check.ts'
import { healLayer, layerToUnpack } from './heal-layer.ts'
import type { Problem } from './problem.ts'

export async function checkLayerContent(engine: Engine, { isQuick }: CheckOptions): Promise<Problem[]> {
  if (isQuick) return []
  const owners = new Map<Digest, ImageRecord>()
  for (const image of listImages(engine.at))
    for (const { chainId } of image.layers) if (!owners.has(chainId)) owners.set(chainId, image)
  const problems: Problem[] = []
  for (const [chainId, image] of owners) {
    const differences = isTouched(engine, chainId) ? await differencesIn(engine, image, chainId) : []
    if (differences.length > 0) problems.push(changed(engine, { chainId, image, differences }))
  }
  return problems
}

/** What is damaged otherwise is check-layers.ts's. */
function isTouched({ at }: Engine, chainId: Digest): boolean {
  const record = absentAsUndefined(() => statSync(join(paths.layer(at, chainId), 'layer.json'), { bigint: true }))
  if (record === undefined) return false
  return absentAsUndefined(() => isTouchedSince(layerDiff(at, chainId), record.ctimeNs)) ?? false
}

async function differencesIn(engine: Engine, image: ImageRecord, chainId: Digest): Promise<string[]> {
  const { request, context, blob } = layerToUnpack(engine, image, chainId)
  if (!(await isBlobIntact(engine.at, blob))) return []
  try {
    return await layerDifferences(engine.at, request, context)
  } catch (error) {
    // A layer below is missing, or this one has gone meanwhile: told of elsewhere.
    if (error instanceof EngineError && (error.kind === 'corrupt' || error.kind === 'not-found')) return []
    throw error
  }
}

const mostTold = 3

function changed(engine: Engine, on: { chainId: Digest; image: ImageRecord; differences: readonly string[] }): Problem {
  const { chainId, image, differences } = on
  const [name] = namesOf(listNames(engine.at), image.id)
  const whose = `image ${image.id.slice(0, 12)}${name === undefined ? '' : ` (${name})`}`
  const more = differences.length > mostTold ? ` and ${differences.length - mostTold} more` : ''
  return {
    code: 'layer-changed',
    message: `layer ${chainId} of ${whose} is not as it was unpacked: ${differences.slice(0, mostTold).join(', ')}${more}`,
    heal: async () => healLayer(engine, chainId),
  }
}
