// Layers that a build has found stay until it ends, whatever others collect meanwhile.

import { EngineError } from '../../base/errors.ts'
import { layerRecord } from '../../storage/layer-record.ts'
import { pinContent } from '../../transport/pin.ts'
import type { BuildSession } from './build-session.ts'
import type { Stack, StackLayer } from './stack.ts'

/** Where the driver takes layers by their names alone, those that the build has just made are waited for. @throws unavailable `layer-collected` */
export async function keepStack({ engine, pins }: Pick<BuildSession, 'engine' | 'pins'>, stack: Stack): Promise<void> {
  if (engine.storage().mountOver === undefined) await Promise.all(stack.map(({ published }) => published))
  const found = stack.filter((layer) => layer.tree === undefined && !kept.has(layer))
  if (found.length === 0) return
  const content = { layers: found.map(({ chainId }) => chainId), blobs: found.map(({ blob }) => blob) }
  pins.use(await pinContent(engine.at, content, engine.patience))
  const gone = found.find(({ chainId }) => layerRecord(engine.at, chainId) === undefined)
  if (gone !== undefined) {
    throw new EngineError({
      kind: 'unavailable',
      code: 'layer-collected',
      message: `somebody removed the layer ${gone.chainId} while the build began`,
      hint: 'Build again: it is made anew.',
    })
  }
  for (const layer of found) kept.add(layer)
}

const kept = new WeakSet<StackLayer>()
