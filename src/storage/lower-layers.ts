// Looking a path up in the layers below another one, as an overlay mount would: from the top down, stopped by whiteouts and
// opaque folders, following no links.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { errnoOf } from '../base/errors.ts'
import { opaqueName, type WhiteoutStyle, whiteoutPrefix } from '../image/whiteout.ts'
import { native } from '../os/native.ts'
import type { Layout } from '../state/layout.ts'
import { layerDiff, layerRecord } from './layer-record.ts'

/** The diff folders of `top` and what is below it, highest first. A layer that is not there ends the list. */
export function lowerFolders(at: Layout, top: Digest | undefined): string[] {
  const folders: string[] = []
  for (let chainId = top; chainId !== undefined; ) {
    const record = layerRecord(at, chainId)
    if (record === undefined) break
    folders.push(layerDiff(at, chainId))
    chainId = record.isOpaque === true ? undefined : record.parent
  }
  return folders
}

/**
 * Path of what a mount of `folders` (highest first) would show at `components`; undefined for nothing. A component that is
 * a link or a file hides what lies below it in lower layers.
 */
export function findInLayers(
  folders: readonly string[],
  components: readonly string[],
  style: WhiteoutStyle,
): string | undefined {
  for (const folder of folders) {
    const found = findInLayer(folder, components, style)
    if (found.status === 'found') return found.path
    if (found.status === 'hidden') return undefined
  }
  return undefined
}

/**
 * Names that a mount of `folders` (highest first) would show in the folder at `components`; none where there is no folder.
 */
export function listInLayers(
  folders: readonly string[],
  components: readonly string[],
  style: WhiteoutStyle,
): string[] {
  const shown = new Set<string>()
  const hidden = new Set<string>()
  for (const folder of folders) {
    const found = findInLayer(folder, components, style)
    if (found.status === 'absent') continue
    if (found.status === 'hidden' || !lstatSync(found.path).isDirectory()) break
    for (const name of namesIn(found.path, style)) {
      if (!hidden.has(name.name)) (name.isGone ? hidden : shown).add(name.name)
    }
    for (const name of shown) hidden.add(name)
    if (found.isOpaque || isOpaqueFolder(found.path, style)) break
  }
  return [...shown]
}

/** Entries before whiteouts, which speak of lower layers only. */
function namesIn(path: string, style: WhiteoutStyle): { readonly name: string; readonly isGone: boolean }[] {
  const entries = readdirSync(path)
  if (style !== 'vfs') {
    return entries.map((name) => {
      const stat = lstatSync(join(path, name))
      return { name, isGone: stat.isCharacterDevice() && stat.rdev === 0 }
    })
  }
  const gone = entries.filter((name) => name.startsWith(whiteoutPrefix))
  return [
    ...entries.filter((name) => !name.startsWith(whiteoutPrefix)).map((name) => ({ name, isGone: false })),
    ...gone.map((name) => ({ name: name.slice(whiteoutPrefix.length), isGone: true })),
  ]
}

type Found = { status: 'found'; path: string; isOpaque: boolean } | { status: 'hidden' } | { status: 'absent' }

function findInLayer(folder: string, components: readonly string[], style: WhiteoutStyle): Found {
  let path = folder
  let isOpaque = false
  for (const [index, name] of components.entries()) {
    isOpaque ||= index > 0 && isOpaqueFolder(path, style)
    if (style === 'vfs' && exists(join(path, whiteoutPrefix + name))) isOpaque = true
    path = join(path, name)
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return { status: isOpaque ? 'hidden' : 'absent' }
    if (stat.isCharacterDevice() && stat.rdev === 0) return { status: 'hidden' }
    if (index < components.length - 1 && !stat.isDirectory()) return { status: 'hidden' }
  }
  return { status: 'found', path, isOpaque }
}

/** Whether the folder of an unpacked layer hides what lies below it. */
export function isOpaqueFolder(path: string, style: WhiteoutStyle): boolean {
  if (style === 'vfs') return exists(join(path, opaqueName))
  const key = style === 'overlay' ? 'trusted.overlay.opaque' : 'user.overlay.opaque'
  try {
    return native().lgetxattr(path, key).toString() === 'y'
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENODATA' || errno === 'ENOTSUP' || errno === 'EOPNOTSUPP') return false
    throw error
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
