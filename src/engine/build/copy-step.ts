// COPY and ADD.

import { closeSync, constants, openSync } from 'node:fs'
import { posix } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { compileIgnorePatterns } from '../../dockerfile/ignore-patterns.ts'
import type { CopyInstruction } from '../../dockerfile/instruction.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { resolveUserIn } from '../container/resolve-user.ts'
import { cacheKey } from './build-cache.ts'
import type { SourceTree } from './build-context.ts'
import type { StageWalk, Taken } from './build-stage.ts'
import { workdirOf } from './configure.ts'
import { contentDigest } from './content-digest.ts'
import { type FileDigests, openFileDigests } from './file-digests.ts'
import { type FoundSource, findSources } from './find-sources.ts'
import type { ExecutedStep, LayerStep } from './layer-step.ts'
import { type PutTarget, putSource, putText } from './put-sources.ts'
import type { NamedSource } from './source-trees.ts'
import type { WalkRules } from './source-walk.ts'

export async function copyStep(walk: StageWalk, { instruction }: Taken<CopyInstruction>): Promise<LayerStep> {
  const { session, stage, draft } = walk
  refuseRemote(instruction)
  const source = await session.trees.find(session, instruction.from, stage.index)
  const tree = source.key === undefined && instruction.sources.length > 0 ? await source.open() : undefined
  const digests = tree === undefined ? openFileDigests(session.engine.at, undefined) : session.digestsOf(tree.path)
  const { range: _, original: __, comments: ___, ...said } = instruction
  return {
    parts: ['copy', said, workdirOf(draft.config), source.key],
    isIndependent: instruction.isLink,
    ...(tree === undefined ? {} : { content: () => describe(openSources(tree, instruction), instruction, digests) }),
    execute: async () => executeCopy(walk, instruction, { source, digests }),
  }
}

interface CopyFrom {
  readonly source: NamedSource
  readonly digests: FileDigests
}

async function executeCopy(walk: StageWalk, instruction: CopyInstruction, from: CopyFrom): Promise<ExecutedStep> {
  const { session, draft, workshop } = walk
  const { heredocs } = instruction
  const tree = instruction.sources.length > 0 ? await from.source.open() : undefined
  const found = tree === undefined ? undefined : openSources(tree, instruction)
  let parts: string[] = []
  const layer = await workshop.make({
    stack: draft.stack,
    isIndependent: instruction.isLink,
    async act({ bench }) {
      using cleanup = new DisposableStack()
      const root = openSync(bench.merged, constants.O_RDONLY | constants.O_DIRECTORY)
      cleanup.defer(() => closeSync(root))
      const count = (found?.sources.length ?? 0) + heredocs.length
      const target = targetOf(walk, instruction, { root, merged: bench.merged, count })
      using sources = found
      parts = (sources?.sources ?? []).map((one) => putOne(target, one, from.digests))
      const mtimeNs = BigInt(Date.parse(session.engine.clock.now())) * 1_000_000n
      for (const { name, content } of heredocs) {
        putText(target, { name, content, mtimeNs })
        parts.push(`heredoc ${name} ${cacheKey(content)}`)
      }
      return []
    },
  })
  const content = digestOfParts(parts)
  const kinds = [...(found?.sources ?? []).map(({ found: one }) => (one.entry.stat.isDirectory() ? 'dir' : 'file'))]
  const kind = parts.length === 1 ? (kinds[0] ?? 'file') : 'multi'
  return { layer, content: tree !== undefined && tree.key === undefined ? content : '', summary: `${kind}:${content}` }
}

function putOne(target: PutTarget, { found, name, rules }: Source, digests: FileDigests): string {
  return `${name} ${putSource(target, { entry: found.entry, name, rules }, digests)}`
}

/** The same digest as copying gives. */
function describe(opened: OpenedSources, { heredocs }: CopyInstruction, digests: FileDigests): string {
  using sources = opened
  const parts = sources.sources.map(({ found, name, rules }) => `${name} ${contentDigest(found.entry, rules, digests)}`)
  return digestOfParts([...parts, ...heredocs.map(({ name, content }) => `heredoc ${name} ${cacheKey(content)}`)])
}

function digestOfParts(parts: readonly string[]): string {
  return cacheKey('content', parts)
}

interface Source {
  readonly found: FoundSource
  /** See PutSource. */
  readonly name: string
  readonly rules: WalkRules
}

interface OpenedSources extends Disposable {
  readonly sources: readonly Source[]
}

function openSources(tree: SourceTree, instruction: CopyInstruction): OpenedSources {
  using stack = new DisposableStack()
  const sources = instruction.sources.flatMap((text) =>
    findSources(tree, text).map((found) => {
      stack.use(found)
      return { found, name: nameOf(found, text, instruction), rules: rulesFor(tree, found, instruction) }
    }),
  )
  const rest = stack.move()
  return { sources, [Symbol.dispose]: () => rest.dispose() }
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

interface Destination {
  readonly root: number
  readonly merged: string
  readonly count: number
}

function targetOf({ draft }: StageWalk, instruction: CopyInstruction, { root, merged, count }: Destination): PutTarget {
  const { target, chown, chmod, keepsParents } = instruction
  return {
    view: { root, mounts: new Map() },
    path: posix.resolve(workdirOf(draft.config), target),
    isFolder: count > 1 || keepsParents || /(?:^|\/)\.?$/.test(target),
    owner: chown === undefined ? { uid: 0, gid: 0 } : ownerOf(merged, chown),
    mode: chmod === undefined ? undefined : modeOf(chmod),
  }
}

/** Names are the image's; who gives no group gets that of the same number. */
function ownerOf(merged: string, text: string): Owner {
  const { uid, gid } = resolveUserIn(merged, text)
  return text.includes(':') ? { uid, gid } : { uid, gid: uid }
}

function modeOf(text: string): number {
  if (/^[0-7]{1,5}$/.test(text)) return Number.parseInt(text, 8)
  throw invalid('mode-invalid', `--chmod takes an octal number, not ${JSON.stringify(text)}`)
}

function refuseRemote({ kind, sources }: CopyInstruction): void {
  if (kind !== 'add') return
  const remote = sources.find((source) => /^(?:https?:\/\/|git@|git:\/\/)/.test(source))
  if (remote !== undefined) throw unsupported(`ADD of ${remote}`)
}

function unsupported(what: string): EngineError {
  return new EngineError({ kind: 'unsupported', code: 'build-unsupported', message: `${what} is not supported yet` })
}
