// The trees that a build takes from, opened once each: contexts as they are, stages and images mounted in a workshop of their own.

import { closeSync, constants, openSync } from 'node:fs'
import { errorReason, invalid } from '../../base/errors.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { findBase } from './base-image.ts'
import { cacheKey } from './build-cache.ts'
import type { BuildContext, SourceTree } from './build-context.ts'
import type { BuildSession } from './build-session.ts'
import { type FetchedSource, fetchRemote, isFixed, pathInRemote, type RemoteSource } from './fetch-remote.ts'
import { keepStack } from './keep-stack.ts'
import { type Stack, stackOf } from './stack.ts'
import { findStage } from './stage-graph.ts'
import { openWorkshop, setUpBench } from './workshop.ts'

/** What a word names, before it is opened. */
export interface NamedSource {
  /** Says all of the content; undefined where files must be read. */
  readonly key: string | undefined
  readonly open: () => Promise<SourceTree>
}

export interface SourceTrees extends AsyncDisposable {
  /** `word`: a named context, a stage before `index`, or an image; undefined for the build's own context. */
  find(session: BuildSession, word: string | undefined, index: number): Promise<NamedSource>
  /** Of ADD: fetched when opened, once a build. `text` is what to look for in it. */
  remote(session: BuildSession, source: RemoteSource, how: RemoteHow): { source: NamedSource; text: string }
}

export function openSourceTrees(): SourceTrees {
  const cleanup = new AsyncDisposableStack()
  const opened = new Map<string, Promise<SourceTree>>()
  const once = async (key: string, open: () => Promise<SourceTree>): Promise<SourceTree> => {
    const known = opened.get(key) ?? inOwnLockFlow(open)
    opened.set(key, known)
    return known
  }
  const folder = (context: BuildContext, label: string): NamedSource => ({
    key: undefined,
    open: async () => once(`folder ${context.folder}`, async () => openFolder(cleanup, context, label)),
  })
  const stack = (session: BuildSession, { key, layers, label }: Stacked): NamedSource => ({
    key,
    open: async () => once(key, async () => openStack(session, cleanup, { key, layers, label })),
  })
  return {
    async find(session, word, index) {
      const { request, dockerfile } = session
      if (word === undefined) return folder(request.context, 'the build context')
      const named = request.contexts.get(word)
      if (named?.kind === 'folder') return folder(named.context, `the context '${word}'`)
      const stage = named === undefined ? findStage(dockerfile, word, index) : undefined
      if (stage !== undefined) {
        const { draft, key } = await session.stage(stage.index)
        return stack(session, { key, layers: draft.stack, label: `the stage '${word}'` })
      }
      const { record } = await findBase(session, named?.reference ?? word, platformOf(session))
      return stack(session, {
        key: cacheKey('image', record.id),
        layers: stackOf(record),
        label: `the image '${word}'`,
      })
    },
    remote(session, source, { checksum, keepsGitFolder }) {
      const options = { keepsGitFolder, ...(checksum === undefined ? {} : { checksum }) }
      const key = cacheKey('remote', source, options)
      const open = async () => openRemote(cleanup, await fetchRemote(session.engine, source, options), source)
      const known = isFixed(source, checksum) ? key : undefined
      return { source: { key: known, open: async () => once(key, open) }, text: pathInRemote(source) }
    },
    [Symbol.asyncDispose]: async () => cleanup.disposeAsync(),
  }
}

export interface RemoteHow {
  readonly checksum?: string
  readonly keepsGitFolder: boolean
}

function openRemote(cleanup: AsyncDisposableStack, fetched: FetchedSource, source: RemoteSource): SourceTree {
  cleanup.use(fetched)
  const root = openTree(cleanup, fetched.folder)
  const label = source.kind === 'git' ? `the repository '${source.name}'` : `what was downloaded`
  return { root, path: fetched.folder, ignored: undefined, key: undefined, label }
}

function platformOf({ request }: BuildSession) {
  return request.isPlatformAsked ? request.platform : undefined
}

function openFolder(cleanup: AsyncDisposableStack, { folder, ignored }: BuildContext, label: string): SourceTree {
  const root = openTree(cleanup, folder)
  return { root, path: folder, ignored, key: undefined, label }
}

interface Stacked {
  readonly key: string
  readonly layers: Stack
  readonly label: string
}

async function openStack(
  session: BuildSession,
  cleanup: AsyncDisposableStack,
  { key, layers, label }: Stacked,
): Promise<SourceTree> {
  const { engine } = session
  await keepStack(session, layers)
  const workshop = cleanup.use(await openWorkshop(engine))
  const { merged } = setUpBench(engine, workshop, layers)
  return { root: openTree(cleanup, merged), path: merged, ignored: undefined, key, label }
}

function openTree(cleanup: AsyncDisposableStack, path: string): number {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
    cleanup.defer(() => closeSync(fd))
    return fd
  } catch (error) {
    throw invalid('context-unreadable', `'${path}' cannot be read as a folder: ${errorReason(error)}`)
  }
}
