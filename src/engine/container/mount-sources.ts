// Sources of bind mounts: whether they are there, and which flags their file system forbids to drop.

import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs'
import { EngineError } from '../../base/errors.ts'
import { openEntry, openPath } from '../../os/open-entry.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { IdMappings, ResolvedUser } from '../../spec/facts.ts'
import { outsideId } from '../../spec/id-mapping.ts'
import { type BindMount, isRemade } from '../../spec/mounts.ts'
import type { IdMapping } from '../../spec/oci-config.ts'

/** @throws invalid `mount-source-missing`, worded as podman and with its exit code for a failed start */
export function checkSources(spec: CompleteSpec): void {
  for (const { source } of binds(spec)) {
    if (!existsSync(source)) throw missing(source)
  }
}

/** nosuid, nodev and noexec of the file system that each source lies on. */
export function sourceFlags(spec: CompleteSpec): Record<string, string[]> {
  const sources = binds(spec).map((mount) => mount.source)
  if (sources.length === 0) return {}
  const mounts = readMounts()
  return Object.fromEntries(sources.map((source) => [source, flagsAt(realpathSync(source), mounts)]))
}

/** Option `U`: the source and all below it become the user's, as it is seen from outside. */
export function giveSources(spec: CompleteSpec, user: ResolvedUser, mappings: IdMappings | undefined): void {
  const owner = {
    uid: outsideId(user.uid, mappings?.uids ?? identity),
    gid: outsideId(user.gid, mappings?.gids ?? identity),
  }
  for (const mount of binds(spec)) {
    // Of what is made of the source that is given away: container-volumes.ts.
    if (mount.options.includes('U') && !isRemade(mount)) giveTree(mount.source, owner)
  }
}

/** No ranges: ids stay. */
const identity: readonly IdMapping[] = []

interface MountedAt {
  readonly path: string
  readonly flags: readonly string[]
}

function binds(spec: CompleteSpec): BindMount[] {
  return spec.mounts.mounts.filter((mount) => mount.kind === 'bind')
}

function readMounts(): MountedAt[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [, , , , path = '', options = ''] = line.split(' ')
    const flags = options.split(',').filter((option) => ['nosuid', 'nodev', 'noexec'].includes(option))
    return {
      path: path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
      flags,
    }
  })
}

/** The last one mounted on the longest path that holds `source`. */
function flagsAt(source: string, mounts: readonly MountedAt[]): string[] {
  let best: MountedAt | undefined
  for (const mount of mounts) {
    const holds = mount.path === '/' || source === mount.path || source.startsWith(`${mount.path}/`)
    if (holds && mount.path.length >= (best?.path.length ?? 0)) best = mount
  }
  return [...(best?.flags ?? [])]
}

/**
 * What belongs to the owner at its top already was given before, and is left as it is below. Containers may have the tree and change it
 * meanwhile: entries are reached by their folders' descriptors, so that a link in a folder's place is given itself, not followed.
 */
export function giveTree(path: string, owner: Owner): void {
  const fd = openSync(path, openPath | constants.O_NOFOLLOW)
  try {
    const { uid, gid } = fstatSync(fd)
    if (uid !== owner.uid || gid !== owner.gid) giveAll(fd, owner)
  } finally {
    closeSync(fd)
  }
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The top last: a crash repeats it. */
function giveAll(fd: number, owner: Owner): void {
  const path = `/proc/self/fd/${fd}`
  if (fstatSync(fd).isDirectory()) {
    for (const name of readdirSync(path, { encoding: 'latin1' })) giveEntry(fd, name, owner)
  }
  chownSync(path, owner.uid, owner.gid)
}

function giveEntry(parent: number, name: string, owner: Owner): void {
  const fd = openEntry(parent, name)
  if (fd === undefined) return
  try {
    giveAll(fd, owner)
  } finally {
    closeSync(fd)
  }
}

function missing(source: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'mount-source-missing',
    message: `statfs ${source}: no such file or directory`,
  })
}
