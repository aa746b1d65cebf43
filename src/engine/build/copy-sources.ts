// What COPY and ADD copy: every source in its tree, opened; trees that are elsewhere are fetched.

import { posix } from 'node:path'
import { type EngineError, invalid } from '../../base/errors.ts'
import { compileIgnorePatterns } from '../../dockerfile/ignore-patterns.ts'
import type { CopyInstruction } from '../../dockerfile/instruction.ts'
import type { SourceTree } from './build-context.ts'
import type { BuildSession } from './build-session.ts'
import { remoteSource } from './fetch-remote.ts'
import { type FileDigests, openFileDigests } from './file-digests.ts'
import { type FoundSource, findSources, isPattern, matchSources, sourceMissing } from './find-sources.ts'
import type { NamedSource } from './source-trees.ts'
import type { WalkRules } from './source-walk.ts'

/** One source as it is written, with the tree that it is in. */
export interface Origin {
  /** To look for in the tree. */
  readonly text: string
  readonly source: NamedSource
  readonly isRemote: boolean
}

export interface Source {
  readonly found: FoundSource
  /** See PutSource. */
  readonly name: string
  readonly rules: WalkRules
  readonly digests: FileDigests
  readonly isRemote: boolean
  /** The tree's content is known by its key: the files say nothing new. */
  readonly isKeyed: boolean
}

export interface OpenedSources extends Disposable {
  readonly sources: readonly Source[]
}

/** @throws what finding stages and images throws; invalid `context-invalid` */
export async function originsOf(session: BuildSession, instruction: CopyInstruction, stage: number): Promise<Origin[]> {
  const { kind, sources, from } = instruction
  const isUrl = kind === 'copy' && from === undefined && sources.some((source) => /^https?:\/\//.test(source))
  if (isUrl) throw invalid('copy-source-url', "source can't be a URL for COPY", 'ADD fetches what a URL names.')
  const remotes = sources.map((text) => ({ text, remote: kind === 'add' ? remoteSource(text) : undefined }))
  const needsTree = remotes.some(({ remote }) => remote === undefined)
  if (needsTree && instruction.checksum !== undefined) throw checksumOfLocal()
  const tree = needsTree ? await session.trees.find(session, from, stage) : undefined
  return remotes.map(({ text, remote }) => {
    if (remote !== undefined) return { ...session.trees.remote(session, remote, instruction), isRemote: true }
    if (tree === undefined) throw new Error('a path without its tree')
    return { text, source: tree, isRemote: false }
  })
}

export function checksumOfLocal(): EngineError {
  const message = '--checksum is of what is fetched: a path of this machine is not proved by it'
  return invalid('checksum-of-local', message, 'Leave it out, or name a URL or a git repository.')
}

/** @throws not-found `copy-source-missing`; what fetching throws */
export async function openSources(
  session: BuildSession,
  origins: readonly Origin[],
  instruction: CopyInstruction,
): Promise<() => OpenedSources> {
  const trees = await Promise.all(origins.map(async (origin) => ({ ...origin, tree: await origin.source.open() })))
  return openTrees(
    trees.map((one) => ({ ...one, digests: digestsFor(session, one), isKeyed: one.source.key !== undefined })),
    instruction,
  )
}

/** A source in a tree that is open. */
export interface SourceInTree {
  readonly text: string
  readonly tree: SourceTree
  readonly digests: FileDigests
  readonly isRemote: boolean
  readonly isKeyed: boolean
}

/**
 * Looks for them anew at each call. A pattern may match nothing where another source is there.
 * @throws not-found `copy-source-missing`
 */
export function openTrees(trees: readonly SourceInTree[], instruction: CopyInstruction): () => OpenedSources {
  return () => {
    using stack = new DisposableStack()
    const sources = trees.flatMap(({ text, tree, ...rest }) =>
      (isPattern(text) ? matchSources(tree, text) : findSources(tree, text)).map((found) => {
        stack.use(found)
        return { found, name: nameOf(found, text, instruction), rules: rulesFor(tree, found, instruction), ...rest }
      }),
    )
    const [first] = trees
    if (sources.length === 0 && first !== undefined) throw sourceMissing(first.tree, first.text)
    const opened = stack.move()
    return { sources, [Symbol.dispose]: () => opened.dispose() }
  }
}

/** Of the user's own folders alone they are kept: others are not seen again. */
function digestsFor(session: BuildSession, { tree, isRemote }: { tree: SourceTree; isRemote: boolean }): FileDigests {
  const isLasting = tree.key === undefined && !isRemote
  return isLasting ? session.digestsOf(tree.path) : openFileDigests(session.engine.at, undefined)
}

/** With --parents the way from the root, or from a `./` in the source, is kept. */
function nameOf({ path, entry }: FoundSource, text: string, { keepsParents }: CopyInstruction): string {
  if (!keepsParents) return entry.stat.isDirectory() ? '' : posix.basename(path)
  const pivot = text.indexOf('/./')
  const before = pivot === -1 ? '' : posix.normalize(`/${text.slice(0, pivot)}`).slice(1)
  return before !== '' && path.startsWith(`${before}/`) ? path.slice(before.length + 1) : path
}

/** --exclude speaks of paths below the tree's root, or below the source. */
function rulesFor({ ignored }: SourceTree, { realPath }: FoundSource, { excluded }: CopyInstruction): WalkRules {
  const excludes = excluded.length === 0 ? undefined : compileIgnorePatterns(excluded)
  const before = realPath === '' ? '' : `${textOfBytes(realPath)}/`
  return {
    isLeftOut(path) {
      if (path === '') return false
      const below = textOfBytes(path)
      const whole = `${before}${below}`
      if (ignored?.isIgnored(whole) === true) return true
      return excludes !== undefined && (excludes.isIgnored(whole) || excludes.isIgnored(below))
    },
    mayHoldKept(path) {
      const below = textOfBytes(path)
      return ignored?.mayHoldKept(`${before}${below}`) === true || excludes?.mayHoldKept(below) === true
    },
  }
}

function textOfBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}
