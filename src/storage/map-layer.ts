// Layers for a user namespace of the container's own, where mounts cannot map ids: a copy of the layer whose owners are shifted, kept as a
// layer under a chain id derived from the mapping. Drivers and garbage collection treat it as any other.

import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import type { LayerRecord } from '../image/record.ts'
import { removeFile, syncFileSystem, syncFolder, writeNewFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths } from '../state/layout.ts'
import { acquireLock, type LockPatience } from '../state/lock.ts'
import { copyTree } from './copy-tree.ts'
import { layerDiff, layerRecord } from './layer-record.ts'
import { layerLock, linkLayer } from './layer-store.ts'

/** Ids of files as images have them → ids outside. */
export interface OwnerMapping {
  /** The same text for the same mapping. */
  readonly key: string
  readonly ownerOf: (owner: { uid: number; gid: number }) => { uid: number; gid: number }
}

/** What mapLayer will call the layer. */
export function mappedChainId(chainId: Digest, mapping: OwnerMapping): Digest {
  return `sha256:${createHash('sha256').update(`${mapping.key} ${chainId}`).digest('hex')}` as Digest
}

/**
 * Makes the mapped copy of the layer if it is not there. Idempotent; durable; nothing is left of a copy that fails.
 * @throws corrupt `layer-missing`; unavailable `lock-timeout`
 */
export async function mapLayer(
  at: Layout,
  chainId: Digest,
  { mapping, patience }: { mapping: OwnerMapping; patience: LockPatience },
): Promise<Digest> {
  const mapped = mappedChainId(chainId, mapping)
  if (layerRecord(at, mapped) !== undefined) return mapped
  for (;;) {
    using lock = await acquireLock(layerLock(at, mapped), patience)
    if (!lock.isCurrent) continue
    if (layerRecord(at, mapped) === undefined) copyLayer(at, chainId, mapping)
    return mapped
  }
}

/** The lock of the mapped layer is held. */
function copyLayer(at: Layout, chainId: Digest, mapping: OwnerMapping): void {
  const source = layerRecord(at, chainId)
  if (source === undefined) throw missing(chainId)
  const mapped = mappedChainId(chainId, mapping)
  const temporary = `${paths.layer(at, mapped)}.${randomHex(6)}.tmp`
  let link: string | undefined
  try {
    const diff = join(temporary, 'diff')
    makeFolders(diff, 0o700)
    copyTree(layerDiff(at, chainId), diff, { ownerOf: mapping.ownerOf })
    syncFileSystem(diff)
    link = linkLayer(at, mapped)
    writeNewFile(join(temporary, 'layer.json'), `${JSON.stringify(recordOf(source, { mapped, link, mapping }))}\n`)
    syncFolder(temporary)
    syncFolder(paths.layerLinks(at))
    renameSync(temporary, paths.layer(at, mapped))
    syncFolder(paths.layers(at))
  } catch (error) {
    if (link !== undefined) removeFile(join(paths.layerLinks(at), link))
    removeTree(temporary)
    throw error
  }
}

interface Derived {
  readonly mapped: Digest
  readonly link: string
  readonly mapping: OwnerMapping
}

function recordOf({ parent, ...source }: LayerRecord, { mapped, link, mapping }: Derived): LayerRecord {
  const parentPart = parent === undefined ? {} : { parent: mappedChainId(parent, mapping) }
  return { ...source, ...parentPart, chainId: mapped, link }
}

function missing(chainId: Digest): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-missing',
    message: `the image's layer ${chainId} is not unpacked`,
    hint: 'Unpack it again from its blob: gantry system check --repair',
  })
}
