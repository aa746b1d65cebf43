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
import { layerDiff, layerRecord } from './layer-record.ts'
import { layerLock, layerNames } from './layer-store.ts'

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
  const leftovers = findLeftovers(at).map(
    ({ path }): LayerProblem => ({
      code: 'layer-leftover',
      message: `'${path}' was left by a process that was killed`,
    }),
  )
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
  /** Looked at again under the lock, or when nobody holds it: it may have been finished meanwhile. */
  isStill(): boolean
}

function findLeftovers(at: Layout): Leftover[] {
  return [...temporaries(at), ...strayLinks(at), ...trials(at)].filter((leftover) => {
    const { chainId } = leftover
    return (chainId === undefined || !isLockHeld(layerLock(at, chainId).path)) && leftover.isStill()
  })
}

function sweepOne(at: Layout, leftover: Leftover): boolean {
  const { path, chainId } = leftover
  if (chainId === undefined) {
    removeTree(path)
    return true
  }
  using lock = tryAcquireLock(layerLock(at, chainId))
  if (lock?.isCurrent !== true || !leftover.isStill()) return false
  removeTree(path)
  if (!exists(paths.layer(at, chainId))) removeFile(lock.path)
  return true
}

function checkLayer(at: Layout, chainId: Digest): LayerProblem[] {
  const found = findDamage(at, chainId)
  // What is under its lock is being made, repaired or removed; what is not there any more was removed.
  if (found.length === 0 || isLockHeld(layerLock(at, chainId).path) || !exists(paths.layer(at, chainId))) return []
  return findDamage(at, chainId)
}

function findDamage(at: Layout, chainId: Digest): LayerProblem[] {
  const problem = (code: LayerProblem['code'], what: string): LayerProblem => {
    return { code, message: `layer ${chainId} ${what}`, chainId }
  }
  const record = readOrUnreadable(at, chainId)
  if (record === undefined) return [problem('layer-record-missing', 'has no record')]
  if (record === 'unreadable') return [problem('layer-record-unreadable', 'has a damaged record')]
  const problems: LayerProblem[] = []
  if (!isFolder(layerDiff(at, chainId))) problems.push(problem('layer-diff-missing', 'has lost its files'))
  if (linkTarget(at, record.link) !== chainId) problems.push(problem('layer-link-missing', 'has lost its link'))
  if (record.parent !== undefined && !exists(paths.layer(at, record.parent)))
    problems.push(problem('layer-parent-missing', `lies on layer ${record.parent}, which is missing`))
  return problems
}

function readOrUnreadable(at: Layout, chainId: Digest): LayerRecord | 'unreadable' | undefined {
  try {
    return layerRecord(at, chainId)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return 'unreadable'
    throw error
  }
}

/** Half-built layers. */
function temporaries(at: Layout): Leftover[] {
  return entries(paths.layers(at)).flatMap((name) => {
    const [, hex] = /^([0-9a-f]{64})\.[0-9a-f]+\.tmp$/.exec(name) ?? []
    const path = join(paths.layers(at), name)
    return hex === undefined ? [] : [{ path, chainId: chainIdOf(hex), isStill: () => exists(path) }]
  })
}

/** Links that no record names: their layer was never published, or is gone. One that leads to a layer alone is taken for the layer's own. */
function strayLinks(at: Layout): Leftover[] {
  const links = Map.groupBy(entries(paths.layerLinks(at)), (name) => linkTarget(at, name))
  const published = new Set(links.size === 0 ? [] : layerNames(at).map(chainIdOf))
  return [...links].flatMap(([chainId, names]) => {
    if (chainId === undefined || (names.length === 1 && published.has(chainId))) return []
    return names.map((name) => {
      return { path: join(paths.layerLinks(at), name), chainId, isStill: () => isStray(at, name, chainId) }
    })
  })
}

function isStray(at: Layout, link: string, chainId: Digest): boolean {
  if (linkTarget(at, link) !== chainId) return false
  const record = readOrUnreadable(at, chainId)
  return record !== 'unreadable' && record?.link !== link
}

function trials(at: Layout): Leftover[] {
  return entries(at.root).flatMap((name) => {
    const path = join(at.root, name)
    if (!name.startsWith('trial.')) return []
    const isStill = () => Date.now() - (absentAsUndefined(() => statSync(path))?.mtimeMs ?? Date.now()) > trialAgeMs
    return [{ path, isStill }]
  })
}

/** The layer that the link in l/ leads to. */
function linkTarget(at: Layout, link: string): Digest | undefined {
  const text = absentAsUndefined(() => readlinkSync(join(paths.layerLinks(at), link)))
  return text === undefined ? undefined : chainIdOf(basename(dirname(text)))
}

function chainIdOf(hex: string): Digest {
  return `sha256:${hex}` as Digest
}

function entries(folder: string): string[] {
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
