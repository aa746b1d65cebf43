// What a container had changed in its root file system, brought into one that was just made of the same image.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { unpackStream } from '../../image/unpack.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { completeLayer, isIncomplete } from '../../storage/complete-layer.ts'
import { applyLayer } from '../../storage/vfs.ts'
import type { Engine } from '../engine.ts'
import { setUpRootfs } from './rootfs.ts'
import type { StoredContainer } from './stored-container.ts'

/** `layer`: the tar of a layer. The container's lock is held, and it was never started. */
export async function applyRootfs(engine: Engine, container: StoredContainer, layer: Readable): Promise<void> {
  const { at, settings, signal } = engine
  const { whiteouts } = engine.storage()
  const folder = join(paths.container(at, container.id), containerFiles.root.upper)
  const request = { folder, whiteouts, limits: settings.unpackLimits }
  const unpacked = await unpackStream(layer, request, () => signal.throwIfAborted())
  if (isIncomplete(unpacked)) {
    completeLayer(at, { diff: folder, parent: container.stored.layers.at(-1), whiteouts }, unpacked)
  }
  if (whiteouts !== 'vfs') return
  // Without a union the container's file system is a copy.
  applyLayer(folder, setUpRootfs(engine, container))
  removeTree(folder)
  mkdirSync(folder)
}
