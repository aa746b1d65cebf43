// A tree that was written in an overlay's upper folder becomes an unpacked layer by being renamed: it is what unpacking its own archive over
// the same layers would make. (containerd's overlay snapshots are kept like this.)

import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { randomHex } from '../base/random.ts'
import type { LayerRecord } from '../image/record.ts'
import { removeFile, writeNewFile } from '../os/atomic-file.ts'
import { removeTree } from '../os/remove-tree.ts'
import { syncTogether } from '../os/sync-together.ts'
import { type Layout, paths } from '../state/layout.ts'
import type { LockPatience } from '../state/lock.ts'
import { currentSchema } from '../state/record.ts'
import { layerDiff, layerRecord } from './layer-record.ts'
import { linkLayer, lockLayer } from './layer-store.ts'

/** A folder that others may mount at any moment: by where it is then. */
export interface MovingTree {
  path: string
}

export interface Adoption {
  readonly chainId: Digest
  readonly diffId: Digest
  /** Chain id of the layer below, which is published. */
  readonly parent?: Digest
  readonly sizeBytes: number
  readonly files: number
  /** In the file system of the layers. Nobody writes to it any more. */
  readonly tree: MovingTree
}

export interface AdoptedLayer {
  readonly record: LayerRecord
  /** The layer was there already: the tree stays where it was, its owner's to remove. */
  readonly isSpare: boolean
}

/** Durable when it resolves, but for its name: see layer-store.ts. @throws unavailable `lock-timeout` */
export async function adoptLayer(at: Layout, adoption: Adoption, patience: LockPatience): Promise<AdoptedLayer> {
  using _lock = await lockLayer(at, adoption.chainId, patience)
  const there = layerRecord(at, adoption.chainId)
  if (there !== undefined) return { record: there, isSpare: true }
  removeTree(paths.layer(at, adoption.chainId))
  const temporary = `${paths.layer(at, adoption.chainId)}.${randomHex(6)}.tmp`
  const origin = adoption.tree.path
  const link = linkLayer(at, adoption.chainId)
  try {
    mkdirSync(temporary, { mode: 0o700 })
    const record = recordOf(adoption, link)
    writeNewFile(join(temporary, 'layer.json'), `${JSON.stringify(record)}\n`, { durable: false })
    move(adoption.tree, join(temporary, 'diff'))
    await syncTogether(at.root)
    renameSync(temporary, paths.layer(at, adoption.chainId))
    adoption.tree.path = layerDiff(at, adoption.chainId)
    return { record, isSpare: false }
  } catch (error) {
    if (adoption.tree.path !== origin) move(adoption.tree, origin)
    removeFile(join(paths.layerLinks(at), link))
    removeTree(temporary)
    throw error
  }
}

function move(tree: MovingTree, path: string): void {
  renameSync(tree.path, path)
  tree.path = path
}

function recordOf({ chainId, diffId, parent, sizeBytes, files }: Adoption, link: string): LayerRecord {
  return {
    schema: currentSchema,
    chainId,
    diffId,
    ...(parent === undefined ? {} : { parent }),
    sizeBytes,
    files,
    link,
  }
}
