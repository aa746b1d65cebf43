// What is wrong with the unpacked layers, and the sweeping of what killed processes left. Checking takes no lock; sweeping
// takes each layer's own, and leaves alone what somebody holds.

import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import type { LayerRecord } from '../image/record.ts'
import { removeFile } from '../os/atomic-file.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths } from '../state/layout.ts'
import { isLockHeld, tryAcquireLock } from '../state/lock.ts'
import { discardLayer, layerDiff, layerLock, layerNames, layerRecord } from './layer-store.ts'

export interface LayerProblem {
  readonly code:
    | 'layer-record-missing'
    | 'layer-record-unreadable'
    | 'layer-diff-missing'
    | 'layer-link-missing'
    | 'layer-parent-missing'
    | 'layer-leftover'
  /** Lower case, for the user. */
  readonly message: string
  /** What `repairLayer` would have to be given; undefined for what `sweepLayers` cures. */
  readonly chainId?: Digest
}

/** Killed trials of storage drivers are swept when they are this old: a trial takes milliseconds. */
const trialAgeMs = 60_000

/** Lock-free; what is being built at this moment is no problem. */
export function checkLayers(at: Layout): LayerProblem[] {
  const layers = layerNames(at).flatMap((hex) => checkLayer(at, chainIdOf(hex)))
  const leftovers = findLeftovers(at).map(({ path }): LayerProblem => ({
    code: 'layer-leftover',
    message: `'${path}' was left by a process that was killed`,
  }))
  return [...layers, ...leftovers]
}

/** Removes what nobody will finish; answers the paths. Idempotent; needs no free space. */
export function sweepLayers(at: Layout): string[] {
  return findLeftovers(at).flatMap((leftover) => (sweepOne(at, leftover) ? [leftover.path] : []))
}

interface Leftover {
  readonly path: string
  /** The layer under whose lock it may be removed; none for a driver's trial. */
  readonly chainId?: Digest
}

function findLeftovers(at: Layout): Leftover[] {
  return [...temporaries(at), ...strayLinks(at), ...trash(at), ...trials(at)].filter(
    ({ chainId }) => chainId === undefined || !isLockHeld(layerLock(at, chainId).path),
  )
}

function sweepOne(at: Layout, { path, chainId }: Leftover): boolean {
  if (chainId === undefined) {
    removeTree(path)
    return true
  }
  using lock = tryAcquireLock(layerLock(at, chainId))
  // Between finding and locking somebody may have finished it.
  if (lock === undefined || !findLeftovers.length) return false
  removeTree(path)
  return true
}
