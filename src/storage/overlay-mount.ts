// The option string of an overlay mount. Lower folders go by their short links in l/, because mount(2) takes one page.

import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { ContainerId } from '../base/ids.ts'
import { makeFolders } from '../os/make-folders.ts'
import { containerFiles, type Layout, paths } from '../state/layout.ts'
import { layerRecord } from './layer-record.ts'

/** The kernel's OVL_MAX_STACK. */
const maxLowers = 500
/** mount(2) copies one page of options. */
const maxOptionBytes = 4095

export interface OverlayFolders {
  readonly merged: string
  readonly upper: string
  readonly work: string
  /** Stands in for an image without layers: overlay needs one lower. */
  readonly empty: string
}

/** Paths of a container's mount; all but `empty` exist afterwards. */
export function overlayFolders(at: Layout, id: ContainerId): OverlayFolders {
  const { merged, upper, work } = containerFiles.root
  const path = (name: string) => join(paths.container(at, id), name)
  const folders = { merged: path(merged), upper: path(upper), work: path(work), empty: path('empty') }
  // The upper folder's mode shows as that of the container's `/`.
  for (const folder of [folders.merged, folders.upper]) makeFolders(folder, 0o755)
  makeFolders(folders.work, 0o700)
  return folders
}

/**
 * Names of the links in l/ of the layers, highest first.
 * @throws corrupt `layer-missing`; unsupported `too-many-layers`
 */
export function lowerLinks(at: Layout, layers: readonly Digest[]): string[] {
  const links: string[] = []
  for (const chainId of layers.toReversed()) {
    const record = layerRecord(at, chainId)
    if (record === undefined) throw layerMissing(chainId)
    links.push(record.link)
    if (record.isOpaque === true) break
  }
  checkLowers(links)
  return links
}

/** @throws unsupported `too-many-layers` */
export function checkLowers(lowers: readonly string[]): void {
  if (lowers.length > maxLowers) throw tooMany(lowers.length)
}

/** What is joined by `,` into mount options: values of a path may hold the separators. */
export function escapeOption(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll(',', '\\,')
}

export interface OptionParts {
  /** Names of links in l/, or absolute paths. */
  readonly lowers: readonly string[]
  readonly folders: OverlayFolders
  readonly extra: readonly string[]
  readonly base: string | undefined
}

/**
 * The option string, and the folder that must be the current one while mounting: lower folders are named by absolute paths
 * as long as a page holds them, else relative to l/.
 */
export function overlayOptions(at: Layout, parts: OptionParts): { data: string; cwd: string | undefined } {
  if (parts.lowers.length === 0 && parts.base === undefined) makeFolders(parts.folders.empty, 0o755)
  const links = escapeOption(paths.layerLinks(at))
  const isPath = (lower: string) => lower.startsWith('/')
  const absolute = joinOptions(
    parts,
    parts.lowers.map((lower) => (isPath(lower) ? escapeOption(lower) : `${links}/${lower}`)),
  )
  if (absolute.length <= maxOptionBytes) return { data: absolute, cwd: undefined }
  const relative = joinOptions(
    parts,
    parts.lowers.map((lower) => (isPath(lower) ? escapeOption(lower) : lower)),
  )
  if (relative.length > maxOptionBytes) throw tooMany(parts.lowers.length)
  return { data: relative, cwd: paths.layerLinks(at) }
}

/** For reading alone. `empty` stands in where there are less than the two lower folders that the kernel wants. */
export function readingOptions(
  at: Layout,
  { lowers, empty, extra }: Pick<OptionParts, 'lowers' | 'extra'> & { readonly empty: string },
): { data: string; cwd: string | undefined } {
  const filled = standIns(empty, 2 - lowers.length).map(escapeOption)
  const join = (paths: readonly string[]) => [`lowerdir=${[...paths, ...filled].join(':')}`, ...extra].join(',')
  const links = escapeOption(paths.layerLinks(at))
  const absolute = join(lowers.map((link) => `${links}/${link}`))
  if (absolute.length <= maxOptionBytes) return { data: absolute, cwd: undefined }
  const relative = join(lowers)
  if (relative.length > maxOptionBytes) throw tooMany(lowers.length)
  return { data: relative, cwd: paths.layerLinks(at) }
}

/** So many folders that are empty; one in another would not do. */
function standIns(empty: string, count: number): string[] {
  if (count <= 1) return count === 1 ? [empty] : []
  const folders = ['1', '2'].map((name) => join(empty, name))
  for (const folder of folders) makeFolders(folder, 0o755)
  return folders
}

/** The mount point, and the folder that stands for nothing. Both exist afterwards. */
export function readingFolders(folder: string): { readonly merged: string; readonly empty: string } {
  const folders = { merged: join(folder, containerFiles.root.merged), empty: join(folder, 'empty') }
  for (const path of Object.values(folders)) makeFolders(path, 0o755)
  return folders
}

function joinOptions({ folders, extra, base }: OptionParts, lowers: readonly string[]): string {
  const all = base === undefined ? lowers : [...lowers, escapeOption(base)]
  const lowerdir = all.length === 0 ? escapeOption(folders.empty) : all.join(':')
  const own = [
    `lowerdir=${lowerdir}`,
    `upperdir=${escapeOption(folders.upper)}`,
    `workdir=${escapeOption(folders.work)}`,
  ]
  return [...own, ...extra].join(',')
}

function layerMissing(chainId: Digest): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-missing',
    message: `the image's layer ${chainId} is not unpacked`,
    hint: 'Unpack it again from its blob: gantry system check --repair',
  })
}

function tooMany(count: number): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'too-many-layers',
    message: `the image has ${count} layers; an overlay mount takes at most ${maxLowers}`,
    hint: 'Use an image with fewer layers, or --storage-driver vfs.',
  })
}
