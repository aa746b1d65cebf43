// COPY and ADD.

import { closeSync, constants, openSync } from 'node:fs'
import { posix } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { parseFileMode } from '../../dockerfile/file-mode.ts'
import type { CopyInstruction } from '../../dockerfile/instruction.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { resolveUserIn } from '../container/resolve-user.ts'
import type { Engine } from '../engine.ts'
import { unpackArchive } from './add-archive.ts'
import { cacheKey } from './build-cache.ts'
import type { StageWalk, Taken } from './build-stage.ts'
import { workdirOf } from './configure.ts'
import { contentDigest } from './content-digest.ts'
import { type OpenedSources, type Origin, openSources, originsOf, type Source } from './copy-sources.ts'
import type { DraftConfig } from './image-draft.ts'
import type { ExecutedStep, LayerStep } from './layer-step.ts'
import { makeConfigFolders } from './make-config-folders.ts'
import { type PutTarget, putSource, putText } from './put-sources.ts'

export async function copyStep(walk: StageWalk, { instruction }: Taken<CopyInstruction>): Promise<LayerStep> {
  const { session, stage, draft } = walk
  const origins = await originsOf(session, instruction, stage.index)
  const unkeyed = origins.filter(({ source }) => source.key === undefined)
  const open = unkeyed.length === 0 ? undefined : await openSources(session, unkeyed, instruction)
  const { range: _, original: __, comments: ___, ...said } = instruction
  return {
    parts: ['copy', said, workdirOf(draft.config), ...origins.map(({ source }) => source.key)],
    isIndependent: instruction.isLink,
    ...(open === undefined ? {} : { content: async () => describe(open(), session.engine.signal) }),
    execute: async () => executeCopy(walk, instruction, origins),
  }
}

async function executeCopy(
  walk: StageWalk,
  instruction: CopyInstruction,
  origins: readonly Origin[],
): Promise<ExecutedStep> {
  const { session, draft, workshop } = walk
  const open = await openSources(session, origins, instruction)
  let put: Put[] = []
  const layer = await workshop.make({
    stack: draft.stack,
    isIndependent: instruction.isLink,
    async act({ bench }) {
      using cleanup = new DisposableStack()
      const root = openSync(bench.merged, constants.O_RDONLY | constants.O_DIRECTORY)
      cleanup.defer(() => closeSync(root))
      const { sources } = cleanup.use(open())
      // WORKDIR's folder is there from then on, whoever needs it first; so are VOLUME's. As BuildKit has it: what comes after `USER app` and
      // `WORKDIR /app` may write there.
      if (!instruction.isLink) makeConfigFolders(bench.merged, draft.config, draft.workdirUser)
      const count = sources.length + instruction.heredocs.length
      const target = copyTarget(draft.config, instruction, { root, merged: bench.merged, count })
      put = await putAll(session.engine, instruction, { target, sources })
      return []
    },
  })
  const unkeyed = put.filter(({ isKeyed }) => !isKeyed)
  const summary = digestOfParts(put.map(({ part }) => part))
  const kind = put.length === 1 ? (put[0]?.kind ?? 'file') : 'multi'
  return {
    layer,
    content: unkeyed.length === 0 ? '' : digestOfParts(unkeyed.map(({ part }) => part)),
    summary: `${kind}:${summary}`,
  }
}

/** What has been copied, for cache and history. */
interface Put {
  readonly part: string
  readonly kind: 'file' | 'dir'
  readonly isKeyed: boolean
}

interface Putting {
  readonly target: PutTarget
  readonly sources: readonly Source[]
}

export async function putAll(
  engine: Engine,
  instruction: CopyInstruction,
  { target, sources }: Putting,
): Promise<Put[]> {
  const put: Put[] = []
  for (const source of sources) {
    const { found, name, rules, digests, isKeyed } = source
    const isUnpacked = mayUnpack(source, instruction) && (await unpackArchive(engine, { target, entry: found.entry }))
    const digest = isUnpacked
      ? await contentDigest({ entry: found.entry, rules }, digests, engine.signal)
      : await putSource(target, { entry: found.entry, name, rules }, { digests, signal: engine.signal })
    put.push({ part: `${name} ${digest}`, kind: found.entry.stat.isDirectory() ? 'dir' : 'file', isKeyed })
  }
  const mtimeNs = BigInt(Date.parse(engine.clock.now())) * 1_000_000n
  for (const { name, content } of instruction.heredocs) {
    putText(target, { name, content, mtimeNs })
    put.push({ part: `heredoc ${name} ${cacheKey(content)}`, kind: 'file', isKeyed: true })
  }
  return put
}

/** ADD unpacks archives of the context, and downloaded ones where it is told to. */
function mayUnpack({ isRemote }: Source, { kind, isUnpacked }: CopyInstruction): boolean {
  return kind === 'add' && (isUnpacked ?? !isRemote)
}

/** The same digest as copying gives. */
async function describe(opened: OpenedSources, signal: AbortSignal): Promise<string> {
  using sources = opened
  const parts: string[] = []
  for (const { found, name, rules, digests } of sources.sources) {
    parts.push(`${name} ${await contentDigest({ entry: found.entry, rules }, digests, signal)}`)
  }
  return digestOfParts(parts)
}

function digestOfParts(parts: readonly string[]): string {
  return cacheKey('content', parts)
}

interface Destination {
  readonly root: number
  readonly merged: string
  readonly count: number
}

/** Where it goes, in a root file system whose image has `config`. @throws invalid for owners and modes that are none */
export function copyTarget(
  config: DraftConfig,
  instruction: CopyInstruction,
  { root, merged, count }: Destination,
): PutTarget {
  const { target, chown, chmod, keepsParents } = instruction
  return {
    view: { root, mounts: new Map() },
    path: posix.resolve(workdirOf(config), target),
    isFolder: count > 1 || keepsParents || /(?:^|\/)\.?$/.test(target),
    owner: chown === undefined ? { uid: 0, gid: 0 } : ownerOf(merged, chown),
    modeOf: chmod === undefined ? (mode) => mode : parseFileMode(chmod),
  }
}

/** Names are the image's; who gives no group gets that of the same number. */
function ownerOf(merged: string, text: string): Owner {
  if (text.startsWith(':'))
    throw invalid('user-unknown', `--chown takes USER or USER:GROUP, not ${JSON.stringify(text)}`)
  const { uid, gid } = resolveUserIn(merged, text)
  return text.includes(':') ? { uid, gid } : { uid, gid: uid }
}
