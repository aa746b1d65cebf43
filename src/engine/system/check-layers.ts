// Unpacked layers: damaged ones, leftovers of their making, and those that nothing has used for long.

import { statSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import { paths } from '../../state/layout.ts'
import { checkLayers as checkStoredLayers, type LayerProblem, sweepLayers } from '../../storage/layer-check.ts'
import { layerNames, removeLayer } from '../../storage/layer-store.ts'
import { listImages } from '../../transport/image-records.ts'
import { cacheUse } from '../build/cache-use.ts'
import type { Engine } from '../engine.ts'
import { collectImages } from '../image/collect.ts'
import { readableContainerUses } from '../image/container-use.ts'
import type { CheckOptions } from './check.ts'
import { healLayer } from './heal-layer.ts'
import type { Problem } from './problem.ts'

export function checkLayers(engine: Engine, options: CheckOptions): Problem[] {
  return [
    ...checkStoredLayers(engine.at).map((problem) => withCure(engine, problem)),
    ...unusedLayers(engine, options.maxUnusedMs).map((hex) => ({
      code: 'layer-unused',
      message: `layer sha256:${hex} is used by no image and no container`,
      heal: async () => collectImages(engine),
    })),
  ]
}

function withCure(engine: Engine, { code, message, chainId }: LayerProblem): Problem {
  if (chainId === undefined) return { code, message, heal: () => sweepLayers(engine.at) }
  return {
    code,
    message,
    heal: async () => healLayer(engine, chainId),
    remove: async () => removeLayer(engine.at, chainId, engine.patience),
  }
}

function unusedLayers(engine: Engine, maxUnusedMs: number): string[] {
  const { at } = engine
  const old = layerNames(at).filter((hex) => ageMs(paths.layer(at, `sha256:${hex}` as Digest)) > maxUnusedMs)
  if (old.length === 0) return []
  const used = new Set<string>([
    ...listImages(at).flatMap((image) => image.layers.map((layer) => layer.chainId)),
    ...readableContainerUses(at).flatMap((use) => use.layers),
    ...cacheUse(at).layers,
  ])
  return old.filter((hex) => !used.has(`sha256:${hex}`))
}

function ageMs(path: string): number {
  const stat = absentAsUndefined(() => statSync(path))
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs
}
