// The user behind Gantry as the host knows it, and how many ids there are to give away. Inside the launcher's user namespace we are root.

import { readFileSync } from 'node:fs'
import type { IdMapping } from '../../spec/oci-config.ts'

export interface HostUser {
  readonly uid: number
  readonly gid: number
}

/** uid_map of the launcher's namespace says who 0 is outside. */
export function hostUser(): HostUser {
  return { uid: outsideId('uid'), gid: outsideId('gid') }
}

/** Of an id as we see it, the host's; undefined for one that is nobody's here, and shows as the overflow id. */
export function hostId(kind: 'uid' | 'gid', id: number): number | undefined {
  const range = ranges(kind).find(({ inside, size }) => inside <= id && id < inside + size)
  return range === undefined ? undefined : range.outside + id - range.inside
}

/** Ids inside the user namespace that we run in. */
export function idCount(kind: 'uid' | 'gid'): number {
  return ranges(kind).reduce((sum, range) => sum + range.size, 0)
}

/** Ids inside the user namespace that we run in, and what they are to the host. */
export function outerIds(kind: 'uid' | 'gid'): IdMapping[] {
  return ranges(kind).map(({ inside, outside, size }) => ({ containerID: inside, hostID: outside, size }))
}

interface Range {
  readonly inside: number
  readonly outside: number
  readonly size: number
}

function outsideId(kind: 'uid' | 'gid'): number {
  const own = (kind === 'uid' ? process.getuid?.() : process.getgid?.()) ?? 0
  return hostId(kind, own) ?? own
}

const known = new Map<string, readonly Range[]>()

/** Read once: a process's maps never change once they are set. */
function ranges(kind: 'uid' | 'gid'): readonly Range[] {
  const found = known.get(kind) ?? readRanges(kind)
  known.set(kind, found)
  return found
}

function readRanges(kind: 'uid' | 'gid'): Range[] {
  const lines = readFileSync(`/proc/self/${kind}_map`, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [inside = 0, outside = 0, size = 0] = line.trim().split(/\s+/).map(Number)
    return { inside, outside, size }
  })
}
