// What a start changes and looks up in the root file system: the user, the working directory, /etc/mtab, an entry for a user without one.
// A folder of the user's own (--rootfs) gets nothing but the working directory.

import { EngineError } from '../../base/errors.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { ResolvedUser } from '../../spec/facts.ts'
import { parseGroups, parsePasswd, resolveUser } from './resolve-user.ts'
import {
  appendInRoot,
  linkInRoot,
  makeFolderInRoot,
  openRoot,
  type RootFolder,
  readInRoot,
  statInRoot,
} from './root-folder.ts'
import type { StoredContainer } from './stored-container.ts'

export interface PreparedRoot {
  readonly user: ResolvedUser
  readonly workdir: string
}

const maxPasswdBytes = 4 * 1024 * 1024

/** @throws invalid `user-unknown`, `workdir-missing` */
export function prepareRoot(container: StoredContainer, rootfs: string): PreparedRoot {
  const { spec } = container.stored
  using root = openRoot(rootfs)
  if (isOurs(spec)) nameUser(root, spec)
  if (isOurs(spec) && spec.namespaces.user.kind === 'keep-id') nameGroup(root, spec)
  const user = resolveUser(root, spec.process.user ?? '', spec.process.groups)
  const { workdir } = spec.process
  ensureWorkdir(root, container)
  if (isOurs(spec)) linkInRoot(root, '/etc/mtab', '/proc/mounts')
  return { user, workdir }
}

function isOurs({ source }: CompleteSpec): boolean {
  return source.kind === 'image' || source.isOverlay
}

function ensureWorkdir(root: RootFolder, { id, stored }: StoredContainer): void {
  const { workdir, isWorkdirMade } = stored.spec.process
  if (isOnMount(workdir, stored.spec)) return
  const stat = statInRoot(root, workdir)
  if (stat?.isDirectory() === true) return
  if (stat !== undefined) throw badWorkdir(`workdir "${workdir}" exists on container ${id}, but is not a directory`)
  if (!isWorkdirMade) throw badWorkdir(`workdir "${workdir}" does not exist on container ${id}`)
  makeFolderInRoot(root, workdir)
}

/** In what the user mounts, or the kernel's: there only once the runtime has mounted it. */
function isOnMount(workdir: string, { mounts }: CompleteSpec): boolean {
  const destinations = [...mounts.mounts.map((mount) => mount.destination), '/proc', '/sys', '/dev']
  return destinations.some(
    (path) => workdir === path || workdir.startsWith(`${path}/`) || path.startsWith(`${workdir}/`),
  )
}

/** A user who is only a number gets a name, for programs that fail without one. */
function nameUser(root: RootFolder, spec: CompleteSpec): void {
  const [user = '', group = ''] = (spec.process.user ?? '').split(':')
  if (!isNumber(user) || user === '0') return
  const text = readInRoot(root, '/etc/passwd', maxPasswdBytes)
  if (text === undefined || parsePasswd(text).some((entry) => entry.uid === Number(user))) return
  const newline = text === '' || text.endsWith('\n') ? '' : '\n'
  appendInRoot(root, '/etc/passwd', `${newline}${passwdLine(spec, user, isNumber(group) ? group : '0')}\n`)
}

/** With keep-id the group is the user's own, and named as the user is. */
function nameGroup(root: RootFolder, spec: CompleteSpec): void {
  const [user = '', group = ''] = (spec.process.user ?? '').split(':')
  if (!isNumber(user) || !isNumber(group)) return
  const text = readInRoot(root, '/etc/group', maxPasswdBytes)
  if (text === undefined || parseGroups(text).some((entry) => entry.gid === Number(group))) return
  const newline = text === '' || text.endsWith('\n') ? '' : '\n'
  const name = process.env['USER'] ?? user
  appendInRoot(root, '/etc/group', `${newline}${name}:x:${group}:${name}\n`)
}

/** With keep-id it is the very user of the host, under the name that the session has. */
function passwdLine({ process: main, namespaces }: CompleteSpec, user: string, group: string): string {
  const isKept = namespaces.user.kind === 'keep-id'
  const name = (isKept ? process.env['USER'] : undefined) ?? user
  return `${name}:*:${user}:${group}:container user:${isKept ? main.workdir : '/'}:/bin/sh`
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

/** podman's exit code for it is that of a program that cannot be run. */
function badWorkdir(message: string): EngineError {
  return new EngineError({ kind: 'invalid', code: 'workdir-missing', message })
}
