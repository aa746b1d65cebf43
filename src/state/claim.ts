// Names. A claim is a symbolic link `names/<kind>/<name>` whose text is the owner's id: created exclusively, read atomically,
// so that two racing creators of one name cannot both win. Claims are taken away only under the `claims` lock.

import { readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError, errnoOf } from '../base/errors.ts'
import { syncFolder } from '../os/atomic-file.ts'
import { type ClaimKind, type Layout, paths } from './layout.ts'
import { acquireLock, type LockPatience } from './lock.ts'

export interface Claim {
  readonly kind: ClaimKind
  readonly name: string
  readonly id: string
}

/** The id that owns the name, if anybody does. Lock-free. */
export function claimOwner(at: Layout, kind: ClaimKind, name: string): string | undefined {
  return absentAsUndefined(() => readlinkSync(paths.claim(at, kind, name)))
}

/** True if the name is now ours, false if somebody owns it. Durable once it returns true, or else once the caller has synced the folder. */
export function tryClaim(at: Layout, claim: Claim, options: { readonly durable?: boolean } = {}): boolean {
  try {
    symlinkSync(claim.id, paths.claim(at, claim.kind, claim.name))
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
  if (options.durable !== false) syncFolder(paths.claims(at, claim.kind))
  return true
}

/** How a name is given up. */
export interface ReleasePatience extends LockPatience {
  /** False: durable once the caller has synced the folder. */
  readonly durable?: boolean
}

/**
 * As `takeAwayClaim`, by an owner that is gone or has another name by now. Such a claim counts for nothing and is swept by the next
 * command: whoever was stopped in the middle of the same is waited for only half a second.
 */
export async function releaseClaim(at: Layout, claim: Claim, patience: ReleasePatience): Promise<void> {
  try {
    await takeAwayClaim(at, claim, { ...patience, timeoutMs: 500 })
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'lock-timeout')) throw error
  }
}

/** Removes the claim if `claim.id` still owns it. Idempotent; needs no free space. @throws unavailable `lock-timeout` */
export async function takeAwayClaim(at: Layout, claim: Claim, patience: ReleasePatience): Promise<void> {
  using _lock = await acquireLock(
    { path: join(paths.locks(at), 'claims'), kind: 'claims', label: 'the table of names' },
    patience,
  )
  if (claimOwner(at, claim.kind, claim.name) !== claim.id) return
  unlinkSync(paths.claim(at, claim.kind, claim.name))
  if (patience.durable !== false) syncFolder(paths.claims(at, claim.kind))
}

/** All claims of a kind, in no order. */
export function listClaims(at: Layout, kind: ClaimKind): Claim[] {
  const names = absentAsUndefined(() => readdirSync(paths.claims(at, kind))) ?? []
  return names.flatMap((name) => {
    const id = claimOwner(at, kind, name)
    return id === undefined ? [] : [{ kind, name, id }]
  })
}
