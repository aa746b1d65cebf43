// `RUN --mount=type=…`: one mount's text to a checked object, with BuildKit's keys and those that podman adds.

import { basename, normalize, resolve } from 'node:path/posix'
import { defined } from '../base/defined.ts'
import { parseBinarySize } from '../base/size.ts'
import { isReadOnly, mountOptions, numberOf, relabelling } from './mount-fields.ts'
import { type Fields, isTrue, type MountType, parseMountFields, valueOf } from './mount-text.ts'
import { SyntaxProblem } from './source-error.ts'

interface Owned {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

interface Mounted {
  readonly target: string
  readonly isReadOnly: boolean
  /** Of mount(8), as given: `nosuid`, `rshared`, … */
  readonly options: readonly string[]
}

interface Sourced {
  /** A stage, an image or a named context; unset is the build's own context, or for a cache nothing. */
  readonly from?: string
  /** Below `from`'s root; that root where unset. */
  readonly source?: string
  /** podman's `z` and `Z`. */
  readonly relabel?: 'shared' | 'private'
  /** podman's `U`: the files become the container user's. */
  readonly chowns: boolean
}

export interface BindMount extends Mounted, Sourced {
  readonly type: 'bind'
}

export interface CacheMount extends Mounted, Sourced, Owned {
  readonly type: 'cache'
  /** The target as written, unless said: the same one in two working directories is one cache. */
  readonly id: string
  readonly sharing: CacheSharing
}

const sharings = ['shared', 'private', 'locked'] as const
export type CacheSharing = (typeof sharings)[number]

export interface TmpfsMount extends Mounted {
  readonly type: 'tmpfs'
  readonly sizeBytes?: number
  readonly mode?: number
  /** What the image has there is copied in. */
  readonly copiesUp: boolean
}

export interface SecretMount extends Owned {
  readonly type: 'secret'
  readonly id: string
  /** A file; unset where only a variable is wanted. */
  readonly target?: string
  /** A variable of this name. */
  readonly env?: string
  readonly isRequired: boolean
}

export interface SshMount extends Owned {
  readonly type: 'ssh'
  readonly id: string
  /** Of the agent's socket; the builder's choice where unset. */
  readonly target?: string
  readonly isRequired: boolean
}

export type RunMount = BindMount | CacheMount | TmpfsMount | SecretMount | SshMount

const readers: { readonly [T in MountType]: (fields: Fields) => RunMount } = {
  bind: (fields) => ({ type: 'bind', ...sourced(fields), ...mounted(fields, true) }),
  cache: cacheMount,
  tmpfs: tmpfsMount,
  secret: secretMount,
  ssh: sshMount,
}

/** After expansion. @throws SyntaxProblem for keys and values that the type does not have */
export function parseRunMount(text: string): RunMount {
  const { type, fields } = parseMountFields(text)
  return readers[type](fields)
}

/** The mount with an absolute target: a relative one is below `workdir`, itself absolute. @throws SyntaxProblem for the root */
export function mountBelow(workdir: string, mount: RunMount): RunMount {
  if (mount.target === undefined) return mount
  const target = resolve(workdir, mount.target)
  if (target === '/') throw new SyntaxProblem("invalid mount target '/'", { near: `=${mount.target}` })
  return { ...mount, target }
}

function cacheMount(fields: Fields): CacheMount {
  const place = mounted(fields, false)
  const sharing = valueOf(fields, 'sharing')?.toLowerCase() ?? 'shared'
  const known = sharings.find((word) => word === sharing)
  if (known === undefined) throw wrongValue('sharing', sharing, sharings.join(', '))
  const id = valueOf(fields, 'id') ?? normalize(`${place.target}/.`)
  return { type: 'cache', id, sharing: known, ...sourced(fields), ...place, ...owned(fields) }
}

function tmpfsMount(fields: Fields): TmpfsMount {
  const size = valueOf(fields, 'size')
  const copiesUp = isTrue(fields, 'tmpcopyup')
  const sizeBytes = size === undefined ? undefined : parseSize(size)
  const mode = numberOf(fields, 'mode', 8)
  return { type: 'tmpfs', ...mounted(fields, false), copiesUp, ...defined({ sizeBytes, mode }) }
}

function parseSize(text: string): number {
  try {
    return parseBinarySize(text)
  } catch {
    throw wrongValue('size', text, 'a size like 64m')
  }
}

function secretMount(fields: Fields): SecretMount {
  const [source, env] = [valueOf(fields, 'source'), valueOf(fields, 'env')]
  const given = valueOf(fields, 'target')
  if (source !== undefined && fields.has('id')) {
    throw new SyntaxProblem('a secret mount takes id or source, not both', { near: 'source' })
  }
  const id = valueOf(fields, 'id') ?? source ?? (given === undefined ? undefined : basename(given))
  if (id === undefined || id === '') {
    throw new SyntaxProblem('a secret mount needs an id or a target', {
      near: '--mount',
      hint: '--mount=type=secret,id=ID',
    })
  }
  const target = given ?? (env === undefined ? `/run/secrets/${basename(id)}` : undefined)
  return { type: 'secret', id, isRequired: isTrue(fields, 'required'), ...defined({ target, env }), ...owned(fields) }
}

function sshMount(fields: Fields): SshMount {
  const id = valueOf(fields, 'id') ?? valueOf(fields, 'source') ?? 'default'
  const target = valueOf(fields, 'target')
  return { type: 'ssh', id, isRequired: isTrue(fields, 'required'), ...defined({ target }), ...owned(fields) }
}

function mounted(fields: Fields, readOnlyUnlessSaid: boolean): Mounted {
  const target = valueOf(fields, 'target')
  if (target === undefined || target === '') {
    throw new SyntaxProblem('the mount has no target', { near: '--mount', hint: '--mount=type=…,target=/folder' })
  }
  return { target, isReadOnly: isReadOnly(fields, readOnlyUnlessSaid), options: mountOptions(fields) }
}

function sourced(fields: Fields): Sourced {
  const [from, source] = [valueOf(fields, 'from'), valueOf(fields, 'source')]
  return { chowns: isTrue(fields, 'chown'), ...defined({ from, source, relabel: relabelling(fields) }) }
}

function owned(fields: Fields): Owned {
  return defined({
    mode: numberOf(fields, 'mode', 8),
    uid: numberOf(fields, 'uid', 10),
    gid: numberOf(fields, 'gid', 10),
  })
}

function wrongValue(key: string, value: string, wanted: string): SyntaxProblem {
  return new SyntaxProblem(`${key} of a mount is ${wanted}, not '${value}'`, { near: `${key}=` })
}
