// COPY's sources: a path or a pattern below a tree's root, as Go's filepath.Match has patterns.

import { closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { compileGlob } from '../../dockerfile/path-glob.ts'
import { textOf } from '../../image/tar-entry.ts'
import { resolveIn } from '../../os/tree-view.ts'
import type { SourceTree } from './build-context.ts'
import { type WalkedEntry, walkSource } from './source-walk.ts'

export interface FoundSource extends Disposable {
  /** As it was named, without a leading slash; empty for the root. */
  readonly path: string
  readonly entry: WalkedEntry
  /** Below the root, its links followed. */
  readonly realPath: string
}

/**
 * What a plain path or a pattern stands for; links are followed inside the tree.
 * @throws not-found `copy-source-missing`, invalid `pattern-malformed`
 */
export function findSources(tree: SourceTree, text: string): FoundSource[] {
  const found = matchSources(tree, text)
  if (found.length > 0) return found
  throw sourceMissing(tree, text)
}

/** As findSources, but that nothing is found is for the caller to judge. */
export function matchSources(tree: SourceTree, text: string): FoundSource[] {
  const path = pathOf(text)
  const paths = isPattern(path) ? expandPattern(tree, path) : [path]
  return paths.flatMap((one) => openSource(tree, one) ?? [])
}

export function isPattern(path: string): boolean {
  return /[*?[\\]/.test(path)
}

export function sourceMissing(tree: SourceTree, text: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'copy-source-missing',
    message: `no items matching ${JSON.stringify(`/${pathOf(text)}`)} in ${tree.label}: no such file or directory`,
  })
}

function pathOf(text: string): string {
  return posix.normalize(`/${text}`).replace(/^\/+|\/+$/g, '')
}

function openSource(tree: SourceTree, path: string): FoundSource | undefined {
  const isLeftOut = path !== '' && tree.ignored?.isIgnored(path) === true
  const resolved = resolveIn({ root: tree.root, mounts: new Map() }, byteString(path))
  if (resolved.status !== 'found' || (isLeftOut && !(resolved.isFolder && tree.ignored?.mayHoldKept(path) === true))) {
    resolved[Symbol.dispose]()
    return undefined
  }
  const { fd, parent } = resolved
  const stat = fstatSync(fd, { bigint: true })
  const name = resolved.path.slice(resolved.path.lastIndexOf('/') + 1)
  const entry = { path: '', fd, stat, parent, name }
  if (isLeftOut && !holdsKept(tree, path, entry)) {
    resolved[Symbol.dispose]()
    return undefined
  }
  return {
    path,
    realPath: resolved.path.replace(/^\//, ''),
    entry,
    [Symbol.dispose]: () => resolved[Symbol.dispose](),
  }
}

/** Whether something in a folder that is ignored is wanted after all. */
function holdsKept({ ignored }: SourceTree, folder: string, entry: WalkedEntry): boolean {
  const rules = {
    isLeftOut: (path: string) => ignored?.isIgnored(`${folder}/${textOf(path) ?? path}`) === true,
    mayHoldKept: (path: string) => ignored?.mayHoldKept(`${folder}/${textOf(path) ?? path}`) === true,
  }
  for (const { path } of walkSource(entry, rules)) if (path !== '') return true
  return false
}

function expandPattern(tree: SourceTree, pattern: string): string[] {
  let paths = ['']
  for (const part of pattern.split('/')) {
    const matches = isPattern(part) ? matcher(part) : undefined
    const join = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`)
    paths = paths.flatMap((folder) =>
      matches === undefined
        ? [join(folder, part)]
        : namesIn(tree, folder)
            .filter(matches)
            .map((name) => join(folder, name)),
    )
  }
  return paths
}

function namesIn(tree: SourceTree, folder: string): string[] {
  using resolved = resolveIn({ root: tree.root, mounts: new Map() }, byteString(folder))
  if (resolved.status !== 'found' || !resolved.isFolder) return []
  const fd = openSync(`/proc/self/fd/${resolved.fd}`, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const names = readdirSync(`/proc/self/fd/${fd}`, { encoding: 'latin1' })
    return names.flatMap((name) => textOf(name) ?? []).sort()
  } finally {
    closeSync(fd)
  }
}

/** One component: `*`, `?`, `[a-z]`, `[^a]`, `\x`; `**` is `*` here. @throws invalid `pattern-malformed` */
function matcher(pattern: string): (name: string) => boolean {
  return compileGlob(pattern.replace(/\\.|\*+/gsu, (found) => (found.startsWith('*') ? '*' : found)))
}

function byteString(text: string): string {
  return Buffer.from(text).toString('latin1')
}
