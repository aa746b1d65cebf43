// The whole state directory, looked over: `system check`. Takes no lock that could make anybody wait, changes nothing.

import type { Engine } from '../engine.ts'
import { checkCgroups } from './check-cgroups.ts'
import { checkContainers } from './check-containers.ts'
import { checkFolders } from './check-folders.ts'
import { checkImages } from './check-images.ts'
import { checkLayerContent } from './check-layer-content.ts'
import { checkLayers } from './check-layers.ts'
import { checkLeftovers } from './check-leftovers.ts'
import { checkManifestLists } from './check-manifest-lists.ts'
import { checkMounts } from './check-mounts.ts'
import { checkNetworks } from './check-networks.ts'
import { checkPods } from './check-pods.ts'
import { checkProcesses } from './check-processes.ts'
import { checkRuntimeState } from './check-runtime-state.ts'
import { checkVolumes } from './check-volumes.ts'
import { type Problem, problemKey } from './problem.ts'

export interface CheckOptions {
  /** Leaves out what reads whole blobs. */
  readonly isQuick: boolean
  /** Layers and blobs that nothing uses are a problem when they are older. */
  readonly maxUnusedMs: number
}

/** Problems in the order of what depends on what: folders and layers before images, images before containers. */
export async function check(engine: Engine, options: CheckOptions): Promise<Problem[]> {
  const first = await look(engine, options)
  if (first.length === 0) return first
  // Between two files of one change an object may look odd: what is gone at a second look was being made, or removed.
  const second = new Set((await look(engine, options)).map(problemKey))
  return first.filter((problem) => second.has(problemKey(problem)))
}

async function look(engine: Engine, options: CheckOptions): Promise<Problem[]> {
  const looks = [
    checkFolders(engine),
    checkLeftovers(engine),
    checkLayers(engine, options),
    await checkImages(engine, options),
    await checkLayerContent(engine, options),
    checkManifestLists(engine),
    checkVolumes(engine),
    checkContainers(engine),
    checkPods(engine),
    checkMounts(engine),
    checkNetworks(engine),
    checkCgroups(engine),
    checkProcesses(engine),
    checkRuntimeState(engine),
  ]
  return looks.flat()
}
