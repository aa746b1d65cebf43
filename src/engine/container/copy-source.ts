// Where a copy comes from: one entry, with links on its way followed, and what names it has.

import { closeSync, constants, fstatSync, openSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { type Owner, type PackRules, packOpenEntry, packOpenFolder } from '../../image/pack-folder.ts'
import { openPath } from '../../os/open-entry.ts'
import { resolveIn, type TreeView } from '../../os/tree-view.ts'
import type { ContainerView } from './container-view.ts'

export interface CopySource extends Disposable {
  readonly isFolder: boolean
  /** `folder/.`: what is in it, not it. */
  readonly isContents: boolean
  /** Byte string. */
  readonly name: string
  readonly fd: number
  readonly parent: number
  /** Of a container: the path without links, and what is mounted below it. */
  readonly inside?: { readonly path: string; readonly view: TreeView }
}

/** The kernel's, and endless. */
const kernelFolders = /^\/(?:dev|proc|sys)$/

/** @throws not-found `copy-path-missing`; unsupported `copy-of-kernel-files` */
export function sourceInContainer({ view, container }: ContainerView, path: string, shown: string): CopySource {
  const found = resolveIn(view, bytesOf(absolute(path, container.stored.spec.process.workdir)))
  if (found.status !== 'found') throw missing(path, `on container ${shown}`)
  if (kernelFolders.test(found.path.split('/', 2).join('/'))) {
    found[Symbol.dispose]()
    throw kernels(path, shown)
  }
  const { fd, parent, isFolder } = found
  return {
    isFolder,
    isContents: isFolder && (path.endsWith('/.') || found.path === ''),
    name: found.path.slice(found.path.lastIndexOf('/') + 1),
    fd,
    parent,
    inside: { path: found.path, view },
    [Symbol.dispose]: () => found[Symbol.dispose](),
  }
}

/** A link to it is called as the link is. @throws not-found `copy-path-missing` */
export function sourceOnHost(path: string): CopySource {
  const real = absentAsUndefined(() => realpathSync(path))
  const isFolder = real !== undefined && statSync(real).isDirectory()
  if (real === undefined || (!isFolder && /\/\.?$/.test(path))) throw missing(path, 'on the host')
  const parent = openSync(dirname(real), constants.O_RDONLY | constants.O_DIRECTORY)
  const fd = openSync(real, openPath)
  const dispose = () => [fd, parent].forEach((one) => closeSync(one))
  const isContents = isFolder && (path.endsWith('/.') || resolve(path) === '/')
  return { isFolder, isContents, name: bytesOf(basename(resolve(path))), fd, parent, [Symbol.dispose]: dispose }
}

export interface PackedAs {
  /** Of the source's own member; empty for its entries alone. */
  readonly name: string
  readonly ownerOf: ((owner: Owner) => Owner) | undefined
}

/** Without the archive's end. */
export function* packSource(source: CopySource, { name, ownerOf }: PackedAs): Generator<Uint8Array> {
  const rules: PackRules = {
    ...(ownerOf === undefined ? {} : { ownerOf }),
    ...(source.inside === undefined ? {} : rulesInside(source.inside, name)),
  }
  if (!source.isFolder) {
    const stat = fstatSync(source.fd, { bigint: true })
    yield* packOpenEntry({ parent: source.parent, entry: source.name, name, fd: source.fd, stat }, rules)
    return
  }
  const fd = openSync(`/proc/self/fd/${source.fd}`, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    yield* packOpenFolder(fd, name, rules)
  } finally {
    closeSync(fd)
  }
}

/** Mounts are as the container sees them, but the kernel's are left out. */
function rulesInside({ path, view }: NonNullable<CopySource['inside']>, top: string): PackRules {
  const pathOf = (name: string) => (top === '' ? `${path}/${name}` : `${path}${name.slice(top.length)}`)
  return {
    insteadOf: ({ name }) => (kernelFolders.test(pathOf(name)) ? [] : undefined),
    mountedIn: (folder) => mountsIn(view, folder === '' ? path : pathOf(folder)),
    // A terminal of the host's root is nobody's in a user namespace.
    skipsUnreadable: process.env['_GANTRY_ROOTLESS_UID'] !== undefined,
  }
}

function mountsIn({ mounts }: TreeView, folder: string): Map<string, number> {
  const direct = [...mounts].filter(([path]) => path.slice(0, path.lastIndexOf('/')) === folder)
  return new Map(direct.map(([path, fd]) => [path.slice(folder.length + 1), fd]))
}

/** Relative paths begin at the container's working directory. */
export function absolute(path: string, workdir: string): string {
  return path.startsWith('/') ? path : `${workdir}/${path}`
}

export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

export function missing(path: string, where: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'copy-path-missing',
    message: `${JSON.stringify(path)} could not be found ${where}: no such file or directory`,
  })
}

function kernels(path: string, shown: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'copy-of-kernel-files',
    message: `${JSON.stringify(path)} is the kernel's, not a file of container ${shown}`,
    hint: `Read it there: gantry exec ${shown} cat ${path}`,
  })
}
