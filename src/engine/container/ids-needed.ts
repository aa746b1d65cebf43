// How many ids a container needs inside: the highest that its image's files and its /etc/passwd and /etc/group speak of. A guess, as
// podman's: whoever knows better says auto:size=.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { parseGroups, parsePasswd } from './resolve-user.ts'
import { openRoot, readInRoot } from './root-folder.ts'

const atLeast = 1024
const atMost = 65536
/** Most images have it, and nobody runs as it. */
const nobody = 65534

/** `layers`: paths of the image's unpacked layers, lowest first. @throws invalid `userns-too-large` */
export function idsNeeded(spec: CompleteSpec, layers: readonly string[]): number {
  const trees = spec.source.kind === 'rootfs' ? [spec.source.path] : layers
  const ids = [...namedIds(trees), ...userIds(spec), ...(spec.source.kind === 'rootfs' ? [] : layers.map(highestOwner))]
  const size = Math.max(atLeast, ...ids.map((id) => id + 1))
  if (size <= atMost) return size
  throw invalid(
    'userns-too-large',
    `the container needs a user namespace with size ${size} that is bigger than the maximum value allowed with userns=auto ${atMost}`,
    'Ask for it: --userns auto:size=N',
  )
}

function userIds({ process }: CompleteSpec): number[] {
  return (process.user ?? '')
    .split(':')
    .filter((text) => /^\d+$/.test(text))
    .map(Number)
}

/** The upper tree's file hides the lower's. */
function namedIds(trees: readonly string[]): number[] {
  const users = parsePasswd(newest(trees, '/etc/passwd')).filter(isSomebody)
  const groups = parseGroups(newest(trees, '/etc/group')).filter(isSomebody)
  return [...users.flatMap(({ uid, gid }) => [uid, gid]), ...groups.map(({ gid }) => gid)].filter((id) => id !== nobody)
}

function isSomebody({ name }: { readonly name: string }): boolean {
  return name !== 'nobody' && name !== 'nogroup'
}

function newest(trees: readonly string[], path: string): string {
  for (const tree of trees.toReversed()) {
    const text = absentAsUndefined(() => readIn(tree, path))
    if (text !== undefined) return text
  }
  return ''
}

function readIn(tree: string, path: string): string | undefined {
  using root = openRoot(tree)
  return readInRoot(root, path)
}

/** Costs a look at every file of the layer; mapping it then costs a copy of each. */
function highestOwner(folder: string): number {
  const own = ownerOf(folder)
  const entries = absentAsUndefined(() => readdirSync(folder, { withFileTypes: true })) ?? []
  const below = entries.map((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? highestOwner(path) : ownerOf(path)
  })
  return below.reduce((highest, id) => Math.max(highest, id), own)
}

function ownerOf(path: string): number {
  const stat = absentAsUndefined(() => lstatSync(path))
  return stat === undefined ? 0 : Math.max(stat.uid, stat.gid)
}
