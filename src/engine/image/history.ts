// image history: what each step of the image's making added, newest first.

import type { Digest } from '../../base/digest.ts'
import type { HistoryEntry } from '../../image/config.ts'
import type { ImageRecord } from '../../image/record.ts'
import { layerRecord } from '../../storage/layer-record.ts'
import { listImages, listNames, namesOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import { readImageConfig } from './image-config.ts'
import { resolveImage } from './resolve.ts'

export interface HistoryLayer {
  /** Of the image that ends with this step, else `<missing>`. */
  readonly id: string
  readonly created: string
  readonly createdBy: string
  readonly sizeBytes: number
  readonly comment: string
  /** Of all images whose layers are those that there are after this step. */
  readonly tags: readonly string[]
}

/** Lock-free. @throws not-found `image-unknown`; corrupt */
export async function history(engine: Engine, image: string): Promise<HistoryLayer[]> {
  const { record } = await resolveImage(engine, image)
  const names = listNames(engine.at)
  const ending = imagesByTopLayer(engine)
  const used = new Set<string>()
  return stepsOf(record, readImageConfig(engine, record).history)
    .toReversed()
    .map((step) => {
      const endingHere = (step.top && ending.get(step.top)) ?? []
      // The newest step is the image itself; an older one is the image that ends there, named once.
      const id = (used.size === 0 ? [record.id] : endingHere).find((candidate) => !used.has(candidate))
      if (id !== undefined) used.add(id)
      return {
        id: id ?? '<missing>',
        ...saidOf(step.entry, record),
        sizeBytes: (step.chainId && layerRecord(engine.at, step.chainId)?.sizeBytes) ?? 0,
        tags: endingHere.flatMap((image) => namesOf(names, image)),
      }
    })
}

function saidOf(entry: HistoryEntry | undefined, record: ImageRecord) {
  return {
    created: entry?.created ?? record.createdAt,
    createdBy: entry?.createdBy ?? '',
    comment: entry?.comment ?? '',
  }
}

interface Step {
  readonly entry: HistoryEntry | undefined
  /** Of the layer that the step made, if it made one. */
  readonly chainId: Digest | undefined
  /** Of what there is after the step. */
  readonly top: Digest | undefined
}

/** Oldest first. An image may come without a history, or with one that tells of more layers than there are. */
function stepsOf(record: ImageRecord, entries: readonly HistoryEntry[]): Step[] {
  const chain = record.layers.map(({ chainId }) => chainId)
  if (entries.length === 0) return chain.map((chainId) => ({ entry: undefined, chainId, top: chainId }))
  let depth = 0
  return entries.map((entry) => {
    const chainId = entry.isEmptyLayer ? undefined : chain[depth++]
    return { entry, chainId, top: chain[Math.min(depth, chain.length) - 1] }
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
