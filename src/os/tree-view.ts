// A tree of somebody who may be changing it to lead us out: a container's root, with what is mounted in it. Paths are followed here, one
// openat2(2) for each name, and never `..` or a link by the kernel: wherever a link leads, it leads inside. That is RESOLVE_IN_ROOT, but
// for a container that does not run, whose mounts the kernel does not know.

import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { openEntry, openPath } from './open-entry.ts'

export interface TreeView {
  /** Descriptor of its `/`. */
  readonly root: number
  /** Descriptors of what is mounted there, by path; none where the kernel has mounted it. Paths are byte strings. */
  readonly mounts: ReadonlyMap<string, number>
}

export interface FoundEntry extends Disposable {
  readonly status: 'found'
  /** Without links; the root is empty. */
  readonly path: string
  /** The entry, O_PATH, and the folder that it is in (the root is in itself): closed by disposing. */
  readonly fd: number
  readonly parent: number
  readonly isFolder: boolean
}

export type Resolved =
  | FoundEntry
  /** `path`: where it would be, in a folder that is there. */
  | (Disposable & { readonly status: 'absent'; readonly path: string })
  | (Disposable & { readonly status: 'nowhere' })

const maxLinks = 40

/** Follows links, the last one too. A path that ends with a slash or a dot must be a folder's. */
export function resolveIn(view: TreeView, path: string): Resolved {
  const root = openSync(`/proc/self/fd/${view.root}`, openPath | constants.O_DIRECTORY)
  const walk: Walk = { view, steps: [{ name: '', fd: root }], pending: path.split('/'), links: 0 }
  let isKept = false
  try {
    for (let name = walk.pending.shift(); name !== undefined; name = walk.pending.shift()) {
      const end = step(walk, name)
      if (end !== undefined) return end
    }
    isKept = true
    return found(walk)
  } finally {
    if (!isKept) closeAll(walk)
  }
}

interface Step {
  readonly name: string
  readonly fd: number
}

interface Walk {
  readonly view: TreeView
  /** From the root down; the root is always there. */
  readonly steps: Step[]
  pending: string[]
  links: number
}

const noDispose = { [Symbol.dispose]: () => undefined }
const nowhere: Resolved = { status: 'nowhere', ...noDispose }

/** The end of the walk, or undefined to go on. */
function step(walk: Walk, name: string): Resolved | undefined {
  if (name === '' || name === '.') return fstatSync(top(walk).fd).isDirectory() ? undefined : nowhere
  if (name === '..') {
    leave(walk, walk.steps.length - 1)
    return undefined
  }
  const fd = enter(walk, name)
  if (fd === 'no folder') return nowhere
  if (fd === undefined)
    return walk.pending.length > 0 ? nowhere : { status: 'absent', path: below(walk, name), ...noDispose }
  if (!fstatSync(fd).isSymbolicLink()) {
    walk.steps.push({ name, fd })
    return undefined
  }
  closeSync(fd)
  return followLink(walk, name)
}

function enter(walk: Walk, name: string): number | 'no folder' | undefined {
  const mounted = walk.view.mounts.get(below(walk, name))
  if (mounted !== undefined) return openSync(`/proc/self/fd/${mounted}`, openPath)
  try {
    return openEntry(top(walk).fd, name)
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR' || errnoOf(error) === 'ENAMETOOLONG') return 'no folder'
    throw error
  }
}

function followLink(walk: Walk, name: string): Resolved | undefined {
  walk.links += 1
  const target = walk.links > maxLinks ? undefined : linkAt(top(walk).fd, name)
  if (target === undefined) return nowhere
  if (target.startsWith('/')) leave(walk, 1)
  walk.pending = [...target.split('/'), ...walk.pending]
  return undefined
}

/** Undefined where there is no link any more. */
function linkAt(parent: number, name: string): string | undefined {
  try {
    return readlinkSync(Buffer.from(`/proc/self/fd/${parent}/${name}`, 'latin1'), { encoding: 'latin1' })
  } catch (error) {
    if (['ENOENT', 'EINVAL', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** Back to the first `count` steps, the root at least. */
function leave(walk: Walk, count: number): void {
  for (const { fd } of walk.steps.splice(Math.max(1, count))) closeSync(fd)
}

function found(walk: Walk): FoundEntry {
  const entry = top(walk)
  const parent = walk.steps.at(-2) ?? entry
  return {
    status: 'found',
    path: pathOf(walk),
    fd: entry.fd,
    parent: parent.fd,
    isFolder: fstatSync(entry.fd).isDirectory(),
    [Symbol.dispose]: () => closeAll(walk),
  }
}

function closeAll(walk: Walk): void {
  for (const { fd } of walk.steps.splice(0)) closeSync(fd)
}

function top(walk: Walk): Step {
  return walk.steps.at(-1) as Step
}

function pathOf({ steps }: Walk): string {
  return steps.map(({ name }) => name).join('/')
}

function below(walk: Walk, name: string): string {
  return `${pathOf(walk)}/${name}`
}
