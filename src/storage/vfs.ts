// No union at all: a container's root file system is a copy of its layers, one over the other. Works everywhere; costs space
// (shared blocks where the file system can). A layer keeps its `.wh.` files, and copying obeys them.

import { lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { ContainerId } from '../base/ids.ts'
import { opaqueName, whiteoutPrefix } from '../image/whiteout.ts'
import { removeTree } from '../os/remove-tree.ts'
import { containerFiles, type Layout, paths } from '../state/layout.ts'
import { copyTree } from './copy-tree.ts'
import type { StorageDriver } from './driver.ts'
import { layerDiff, layerRecord } from './layer-record.ts'

export function createVfsDriver(at: Layout): StorageDriver {
  const merged = (id: ContainerId) => join(paths.container(at, id), containerFiles.root.merged)
  return {
    name: 'vfs',
    whiteouts: 'vfs',
    mountContainer: (id, layers, { base }) => copyOnce(at, merged(id), { layers, base }),
    // The copy is the container's file system: it goes when the container goes.
    unmountContainer: () => undefined,
    isMounted: (id) => isThere(merged(id)),
    mountLayers: (folder, layers) =>
      copyOnce(at, join(folder, containerFiles.root.merged), { layers, base: undefined }),
    unmountLayers: (folder) => removeTree(join(folder, containerFiles.root.merged)),
    areLayersMounted: (folder) => isThere(join(folder, containerFiles.root.merged)),
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Lays the layer at `diff` over the tree at `target`: whiteouts remove, opaque folders empty, everything else replaces. */
export function applyLayer(diff: string, target: string): void {
  copyTree(diff, target, {
    onFolder: applyWhiteouts,
    isWanted: (_, name) => !name.startsWith(whiteoutPrefix),
  })
}

interface Copied {
  readonly layers: readonly Digest[]
  readonly base: string | undefined
}

function copyOnce(at: Layout, target: string, { layers, base }: Copied): string {
  if (isThere(target)) return target
  const temporary = `${target}.tmp`
  removeTree(temporary)
  mkdirSync(temporary, { mode: 0o755 })
  if (base !== undefined) copyTree(base, temporary)
  for (const chainId of layers) {
    if (layerRecord(at, chainId) === undefined) throw layerMissing(chainId)
    applyLayer(layerDiff(at, chainId), temporary)
  }
  renameSync(temporary, target)
  return target
}

/** Before the folder's own entries are copied, for whiteouts speak only of what lies below. */
function applyWhiteouts(from: string, to: string): void {
  const names = readdirSync(from).filter((name) => name.startsWith(whiteoutPrefix))
  if (names.includes(opaqueName)) {
    for (const name of readdirSync(to)) removeTree(join(to, name))
    return
  }
  for (const name of names) removeTree(join(to, name.slice(whiteoutPrefix.length)))
}

function layerMissing(chainId: Digest): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-missing',
    message: `the image's layer ${chainId} is not unpacked`,
    hint: 'Unpack it again from its blob: gantry system check --repair',
  })
}
