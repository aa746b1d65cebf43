// Sources of bind mounts: whether they are there, and which flags their file system forbids to drop.

import { existsSync, lchownSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
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

/** Follows no link. What belongs to the owner at its top already was given before, and is left as it is below. */
export function giveTree(path: string, owner: Owner): void {
  const { uid, gid } = lstatSync(path)
  if (uid !== owner.uid || gid !== owner.gid) giveAll(path, owner)
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The top last: a crash repeats it. */
function giveAll(path: string, owner: Owner): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) giveAll(join(path, name), owner)
  lchownSync(path, owner.uid, owner.gid)
}

function missing(source: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'mount-source-missing',
    message: `statfs ${source}: no such file or directory`,
    hint: 'A bind mount needs a source that exists.',
  })
}
