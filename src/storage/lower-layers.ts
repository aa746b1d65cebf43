// Looking a path up in the layers below another one, as an overlay mount would: from the top down, stopped by whiteouts and
// opaque folders, following no links.

import { lstatSync } from 'node:fs'
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

type Found = { status: 'found'; path: string } | { status: 'hidden' } | { status: 'absent' }

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
  return { status: 'found', path }
}

/** Whether the folder of an unpacked layer hides what lies below it. */
function isOpaqueFolder(path: string, style: WhiteoutStyle): boolean {
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
