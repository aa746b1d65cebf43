// Mounts that show files under other owners than they have (mount_setattr(2), MOUNT_ATTR_IDMAP), and the kernel's ways to refuse one.

import { EngineError, errnoOf } from '../base/errors.ts'
import { native } from './native.ts'

export interface IdRange {
  /** As the file system has it. */
  readonly containerID: number
  /** As the mount shows it. */
  readonly hostID: number
  readonly size: number
}

export interface IdMappedMount {
  readonly source: string
  readonly target: string
  readonly uids: readonly IdRange[]
  readonly gids: readonly IdRange[]
  /** With what is mounted below, which is not mapped. */
  readonly isRecursive: boolean
  /** What is mounted below the source later appears, too. */
  readonly isSlave: boolean
}

const recursively = 0x8000
const privately = 1 << 18
const asSlave = 1 << 19

/**
 * Mounts what lies at `source` at `target`, which exists. Never as a peer of the source: with a peer, what lies below the source would be
 * unmounted as well. Nothing is left of one that fails. @throws unavailable `idmap-failed`
 */
export function mountIdMapped({ source, target, uids, gids, isRecursive, isSlave }: IdMappedMount): void {
  try {
    native().mountIdMapped(source, target, {
      uids: mapText(uids),
      gids: mapText(gids),
      flags: isRecursive ? recursively : 0,
      propagation: isSlave ? asSlave : privately,
    })
  } catch (error) {
    throw refused(source, error)
  }
}

/** As /proc/PID/uid_map takes it. */
export function mapText(ranges: readonly IdRange[]): string {
  return ranges.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')
}

function refused(source: string, error: unknown): EngineError {
  const { reason, hint } = explain(error)
  return new EngineError({
    kind: 'unavailable',
    code: 'idmap-failed',
    message: `cannot map the ids of '${source}': ${reason}`,
    hint,
    cause: error,
  })
}

const withoutIt = "Mount it without 'idmap'; option 'U' gives the files to the container's user instead."

/** By the step that failed: the same errno means another thing in each. */
function explain(error: unknown): { readonly reason: string; readonly hint: string } {
  const { syscall } = error as { readonly syscall?: string }
  const errno = errnoOf(error) ?? String(error)
  if (errno === 'ENOSYS') return { reason: 'the kernel is older than 5.12', hint: withoutIt }
  if (syscall === 'mount_setattr' && errno === 'EINVAL') {
    return { reason: 'its file system does not support idmapped mounts', hint: withoutIt }
  }
  if (syscall === 'mount_setattr' && errno === 'EPERM') {
    return { reason: 'it is an idmapped mount already', hint: withoutIt }
  }
  if (syscall === 'clone' && (errno === 'ENOSPC' || errno === 'EUSERS')) {
    const hint = 'Allow more of them: sysctl user.max_user_namespaces=10000'
    return { reason: 'there may be no further user namespace', hint }
  }
  if (syscall === 'uid_map' || syscall === 'gid_map') {
    return { reason: `the kernel refuses the ${syscall} (${errno})`, hint: 'Give ids that exist, in few ranges.' }
  }
  return { reason: `${syscall}: ${errno}`, hint: withoutIt }
}
