// What a container changed in its layers, as the tar of one more layer (OCI image spec, layer.md).

import { closeSync, constants, openSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { type PackedEntry, type PackRules, packOpenFolder } from '../image/pack-folder.ts'
import { type TarEntry, textOf } from '../image/tar-entry.ts'
import { tarEnd } from '../image/tar-writer.ts'
import { opaqueName, whiteoutPrefix } from '../image/whiteout.ts'
import { native, resolveFlags } from '../os/native.ts'
import { type ChangedTree, changesIn, deletedBy } from './changes.ts'
import { isOpaqueFolder } from './lower-layers.ts'

export interface LayerRules extends Pick<PackRules, 'ownerOf' | 'xattrOf'> {
  /** Is no part of the layer, nor is what is below it. */
  readonly isLeftOut: (entry: PackedEntry) => boolean
}

/** `merged`: a descriptor of the whole as the container sees it. */
export function* packChanges(tree: ChangedTree, merged: number, rules: LayerRules): Generator<Uint8Array> {
  if (tree.style === 'vfs') yield* packPicked(tree, merged, rules)
  else yield* packUpper(tree, merged, rules)
  yield tarEnd()
}

/** As packChanges, of a tree that is whole, whatever the driver. */
export function* packDifference(tree: ChangedTree, merged: number, rules: LayerRules): Generator<Uint8Array> {
  yield* packPicked(tree, merged, rules)
  yield tarEnd()
}

/** All that the container sees, as the only layer of an image. */
export function* packWhole(merged: number, rules: LayerRules): Generator<Uint8Array> {
  yield* packOpenFolder(merged, '.', { ...rules, insteadOf: (entry) => (rules.isLeftOut(entry) ? [] : undefined) })
  yield tarEnd()
}

function* packUpper(tree: ChangedTree, merged: number, rules: LayerRules): Generator<Uint8Array> {
  const moved = new Set<string>()
  const covers: number[] = []
  const fd = openSync(tree.folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    yield* packOpenFolder(fd, '.', {
      ...rules,
      insteadOf: (entry) => (rules.isLeftOut(entry) ? [] : whiteoutFor(entry)),
      // A lower folder with a new name: the upper one holds only what was changed in it since.
      coverOf: (entry) => {
        if (!entry.stat.isDirectory() || !isRedirected(`/proc/self/fd/${entry.fd}/.`)) return undefined
        moved.add(entry.name)
        covers.push(openBelow(merged, entry.name))
        return covers.at(-1)
      },
      inFolder: ({ fd: folder, name }) =>
        moved.has(name) || isOpaqueFolder(`/proc/self/fd/${folder}/.`, tree.style)
          ? [emptyFile(`${name}/${opaqueName}`)]
          : [],
    })
  } finally {
    for (const one of [fd, ...covers]) closeSync(one)
  }
}

/** The members that stand for an overlay's whiteout; undefined for an ordinary entry. */
function whiteoutFor({ name, entry, stat }: PackedEntry): TarEntry[] | undefined {
  const gone = deletedBy(stat, [entry])
  if (gone === undefined) return []
  if (gone.length === 0) return undefined
  return [whiteout(name.slice(0, name.length - entry.length), gone[0] ?? '')]
}

/** Out of a whole tree only what is new, and a whiteout for what is gone. */
function* packPicked(tree: ChangedTree, merged: number, rules: LayerRules): Generator<Uint8Array> {
  const wanted = new Set<string>()
  const gone = new Map<string, string[]>()
  for (const { kind, path } of changesIn(tree)) {
    const cut = path.lastIndexOf('/')
    const [folder, name] = [path.slice(0, cut), path.slice(cut + 1)]
    if (kind === 'D') gone.set(folder, [...(gone.get(folder) ?? []), name])
    else for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) wanted.add(path.slice(0, at))
  }
  yield* packOpenFolder(merged, '.', {
    ...rules,
    insteadOf: (entry) => (wanted.has(pathOf(entry.name)) && !rules.isLeftOut(entry) ? undefined : []),
    inFolder: ({ name }) =>
      (gone.get(pathOf(name)) ?? []).map((one) => whiteout(`${name}/`, Buffer.from(one).toString('latin1'))),
  })
}

/** `./a/b` as /a/b; the top as nothing. */
function pathOf(name: string): string {
  const path = name.slice(1)
  return textOf(path) ?? path
}

function whiteout(folder: string, name: string): TarEntry {
  return emptyFile(`${folder}${whiteoutPrefix}${name}`)
}

function emptyFile(name: string): TarEntry {
  const nothing = { uid: 0, gid: 0, mtimeNs: 0n, size: 0, major: 0, minor: 0, xattrs: [], linkName: '' }
  return { ...nothing, type: 'file', name, mode: 0o600 }
}

function isRedirected(path: string): boolean {
  try {
    return native().lgetxattr(path, 'trusted.overlay.redirect').length > 0
  } catch (error) {
    if (['ENODATA', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM'].includes(errnoOf(error) ?? '')) return false
    throw error
  }
}

function openBelow(fd: number, name: string): number {
  const resolve = resolveFlags.inRoot | resolveFlags.noSymlinks | resolveFlags.noMagicLinks
  const flags = constants.O_RDONLY | constants.O_DIRECTORY
  return native().openat2(fd, Buffer.from(name, 'latin1'), { flags, resolve })
}
