// The layers of a stage, lowest first. One that this build has just made may still be on its way into the store: it is mounted from where it
// is at that moment, and the next step does not wait for the disk.

import type { Digest } from '../../base/digest.ts'
import type { ImageRecord } from '../../image/record.ts'
import type { Layout } from '../../state/layout.ts'
import type { MovingTree } from '../../storage/adopt-layer.ts'
import { layerDiff, layerRecord } from '../../storage/layer-record.ts'

export interface StackLayer {
  readonly diffId: Digest
  readonly chainId: Digest
  readonly blob: Digest
  readonly blobBytes: number
  readonly mediaType: string
  /** Of one that this build has made. */
  readonly tree?: MovingTree
  /** Settles when the store has it, with its record in the build cache. */
  readonly published: Promise<void>
}

export type Stack = readonly StackLayer[]

export function stackOf({ layers }: Pick<ImageRecord, 'layers'>): Stack {
  return layers.map((layer) => ({ ...layer, published: Promise.resolve() }))
}

/** As mountOver takes them, highest first. Good until the caller waits for something. */
export function lowersOf(at: Layout, stack: Stack): string[] {
  return visible(at, stack).map(({ layer, link }) => link ?? layer.tree?.path ?? layerDiff(at, layer.chainId))
}

/** Their trees, highest first. Good until the caller waits for something. */
export function treesOf(at: Layout, stack: Stack): string[] {
  return visible(at, stack).map(({ layer, link }) =>
    link === undefined && layer.tree !== undefined ? layer.tree.path : layerDiff(at, layer.chainId),
  )
}

interface Visible {
  readonly layer: StackLayer
  /** In l/, when it is published. */
  readonly link: string | undefined
}

/** Nothing shows through an opaque layer. */
function visible(at: Layout, stack: Stack): Visible[] {
  const found: Visible[] = []
  for (const layer of stack.toReversed()) {
    const record = layerRecord(at, layer.chainId)
    found.push({ layer, link: record?.link })
    if (record?.isOpaque === true) break
  }
  return found
}
