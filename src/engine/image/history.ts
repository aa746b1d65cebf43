// image history: what each step of the image's making added, newest first.

import { layerRecord } from '../../storage/layer-store.ts'
import { listImages, listNames, namesOf } from '../../transport/image-store.ts'
import type { Engine } from '../engine.ts'
import { resolveImage } from './resolve.ts'
import { readImageConfig } from './resolve-for-container.ts'

export interface HistoryLayer {
  /** Of the image that ends with this step, else `<missing>`. */
  readonly id: string
  readonly created: string
  readonly createdBy: string
  readonly sizeBytes: number
  readonly comment: string
  readonly tags: readonly string[]
}

/** Lock-free. @throws not-found `image-unknown`; corrupt */
export async function history(engine: Engine, image: string): Promise<HistoryLayer[]> {
  const { record } = await resolveImage(engine, image)
  const config = readImageConfig(engine, record)
  const others = imagesByTopLayer(engine)
  const names = listNames(engine.at)
  const layers = record.layers.map((layer) => layer.chainId)
  let depth = layers.length
  const entries = config.history.length > 0 ? config.history : record.layers.map(() => undefined)
  let isFirst = true
  return entries.toReversed().map((entry) => {
    const isEmpty = entry?.isEmptyLayer ?? false
    const chainId = layers[depth - 1]
    const ids = isFirst ? [record.id] : isEmpty || chainId === undefined ? [] : (others.get(chainId) ?? [])
    isFirst = false
    if (!isEmpty) depth--
    return {
      id: ids[0] ?? '<missing>',
      created: entry?.created ?? record.createdAt,
      createdBy: entry?.createdBy ?? '',
      sizeBytes: isEmpty || chainId === undefined ? 0 : (layerRecord(engine.at, chainId)?.sizeBytes ?? 0),
      comment: entry?.comment ?? '',
      tags: ids.flatMap((id) => namesOf(names, id)),
    }
  })
}

function imagesByTopLayer(engine: Engine): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const image of listImages(engine.at)) {
    const top = image.layers.at(-1)?.chainId
    if (top !== undefined) found.set(top, [...(found.get(top) ?? []), image.id])
  }
  return found
}
