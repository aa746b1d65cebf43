// What killed makers, renamers and removers left in containers/ and names/container/, and its sweeping. Each goes under the container's
// own lock, if there still is a container.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { type Claim, listClaims, releaseClaim } from '../../state/claim.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { type HeldLock, tryAcquireLock } from '../../state/lock.ts'
import { readRecord } from '../../state/record.ts'
import { isBeingDeleted } from '../../state/trash.ts'
import type { Engine } from '../engine.ts'
import { isBusy } from './lock-container.ts'
import { abandonedCradles, isPresent } from './nursery.ts'

export interface NurseryLeftover {
  /** `draft`: a state.json that was not renamed in. */
  readonly kind: 'cradle' | 'draft' | 'claim'
  /** The file's, or the claimed one. */
  readonly name: string
  /** The container's. */
  readonly id: string
}

/**
 * Lock-free; what somebody is at work on is none. Two folders are listed; all claims are read only if there are more than containers, or
 * when `isThorough`.
 */
export function nurseryLeftovers(at: Layout, isThorough: boolean): NurseryLeftover[] {
  const cradles = abandonedCradles(at).map(({ name, id }): NurseryLeftover => ({ kind: 'cradle', name, id }))
  const names = list(paths.containers(at))
  const drafts = names.flatMap((name) => draftOf(name) ?? [])
  const isExcess = list(paths.claims(at, 'container')).length > names.filter(isFullId).length
  const claims = isThorough || isExcess ? listClaims(at, 'container').map(claimOf) : []
  return [
    ...cradles,
    ...[...drafts, ...claims].filter((one) => isStale(at, one) && !isTended(at, one.id) && isStale(at, one)),
  ]
}

/** Removes them, and returns what there was. Idempotent; needs no free space. */
export async function sweepNursery(engine: Engine, isThorough = false): Promise<NurseryLeftover[]> {
  const leftovers = nurseryLeftovers(engine.at, isThorough)
  for (const leftover of leftovers) await sweepOne(engine, leftover)
  return leftovers
}

async function sweepOne(engine: Engine, leftover: NurseryLeftover): Promise<void> {
  const { kind, name, id } = leftover
  if (kind === 'cradle') return removeCradle(engine.at, name)
  using lock = existsSync(paths.container(engine.at, id)) ? lockIfFree(paths.container(engine.at, id)) : undefined
  const isOurs = lock?.isCurrent === true || !existsSync(paths.container(engine.at, id))
  // Renamed, or written, before we had the lock.
  if (!isOurs || !isStale(engine.at, leftover)) return
  if (kind === 'draft') removeFile(paths.containerDraft(engine.at, id))
  else await releaseClaim(engine.at, { kind: 'container', name, id }, engine.patience)
}

function removeCradle(at: Layout, name: string): void {
  const folder = join(paths.containers(at), name)
  using lock = lockIfFree(folder)
  if (lock?.isCurrent === true) removeTree(folder)
}

/** The container's lock in `folder`; undefined when somebody holds it or the folder is gone. */
function lockIfFree(folder: string): HeldLock | undefined {
  try {
    return tryAcquireLock({ path: join(folder, containerFiles.root.lock), kind: 'container', label: folder })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    return undefined
  }
}

function isStale(at: Layout, { kind, name, id }: NurseryLeftover): boolean {
  if (kind === 'draft') return existsSync(paths.containerDraft(at, id))
  if (!existsSync(paths.container(at, id))) return !isPresent(at, id)
  const now = nameOf(at, id)
  return now !== undefined && now !== name
}

/** Undefined where the record cannot be read: then nobody knows. */
function nameOf(at: Layout, id: string): string | undefined {
  try {
    return readRecord<ContainerRecord>(join(paths.container(at, id), containerFiles.root.state))?.name
  } catch {
    return undefined
  }
}

function isTended(at: Layout, id: string): boolean {
  return isBusy(at, id) || isBeingDeleted(at, `${id}.`)
}

function draftOf(name: string): NurseryLeftover | undefined {
  const [, id] = /^([0-9a-f]{64})\.state\.tmp$/.exec(name) ?? []
  return id === undefined ? undefined : { kind: 'draft', name, id }
}

function claimOf({ name, id }: Claim): NurseryLeftover {
  return { kind: 'claim', name, id }
}

function list(folder: string): string[] {
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}
