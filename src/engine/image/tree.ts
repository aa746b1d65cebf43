// image tree: the layers of an image, lowest first, and whose top they are.

import { layerRecord } from '../../storage/layer-record.ts'
import { listImages, listNames, namesOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import { resolveImage } from './resolve.ts'

export interface TreeLayer {
  /** Hex chain id. */
  readonly id: string
  readonly sizeBytes: number
  /** Names of images that end with this layer. */
  readonly topOf: readonly string[]
  /** Layers of other images on top of it; only with `areChildrenShown`. */
  readonly children: readonly TreeLayer[]
}

export interface ImageTree {
  readonly id: string
  readonly names: readonly string[]
  readonly sizeBytes: number
  /** Lowest first; with `areChildrenShown` the top layer alone, its children below it. */
  readonly layers: readonly TreeLayer[]
}

/** Lock-free. @throws not-found `image-unknown` */
export async function tree(engine: Engine, image: string, options: { areChildrenShown: boolean }): Promise<ImageTree> {
  const { record } = await resolveImage(engine, image)
  const describe = layerDescriber(engine)
  const chain = record.layers.map((layer) => layer.chainId as string)
  const shown = options.areChildrenShown ? chain.slice(-1) : chain
  return {
    id: record.id,
    names: namesOf(listNames(engine.at), record.id),
    sizeBytes: record.sizeBytes,
    layers: shown.map((chainId) => describe(chainId, options.areChildrenShown)),
  }
}

function layerDescriber(engine: Engine) {
  const images = listImages(engine.at)
  const names = listNames(engine.at)
  const children = new Map<string, Set<string>>()
  for (const image of images) {
    for (const [at, layer] of image.layers.entries()) {
      const above = image.layers[at + 1]?.chainId
      if (above !== undefined) children.set(layer.chainId, (children.get(layer.chainId) ?? new Set()).add(above))
    }
  }
  const describe = (chainId: string, isDeep: boolean): TreeLayer => ({
    id: chainId.slice(chainId.indexOf(':') + 1),
    sizeBytes: layerRecord(engine.at, chainId as never)?.sizeBytes ?? 0,
    topOf: images
      .filter((image) => image.layers.at(-1)?.chainId === chainId)
      .flatMap((image) => namesOf(names, image.id)),
    children: isDeep ? [...(children.get(chainId) ?? [])].map((child) => describe(child, true)) : [],
  })
  return describe
}
