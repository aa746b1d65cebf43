// buildah copy and buildah add: files of the host, of another container or an image, or from elsewhere, into a working container.

import { closeSync, constants, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { IgnorePatterns } from '../../dockerfile/ignore-patterns.ts'
import type { CopyInstruction } from '../../dockerfile/instruction.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { cacheKey } from '../build/build-cache.ts'
import type { SourceTree } from '../build/build-context.ts'
import { checksumOfLocal, openTrees } from '../build/copy-sources.ts'
import { copyTarget, putAll } from '../build/copy-step.ts'
import { fetchRemote, pathInRemote, remoteSource } from '../build/fetch-remote.ts'
import { openFileDigests } from '../build/file-digests.ts'
import { stackOf } from '../build/stack.ts'
import { openWorkshop, setUpBench } from '../build/workshop.ts'
import { findContainer } from '../container/find-container.ts'
import { lockContainer } from '../container/lock-container.ts'
import { mountInPassing, seeRoot } from '../container/passing-mount.ts'
import type { ContainerRef } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { pull } from '../image/pull.ts'
import { imageUnknown } from '../image/resolve.ts'
import { rememberStep } from './remember-step.ts'
import { readWorking } from './working-container.ts'

export interface WorkingCopy {
  /** Paths are relative to `folder`. */
  readonly instruction: CopyInstruction
  /** Absolute: --contextdir, or where we are. */
  readonly folder: string
  /** --contextdir: nothing above it is read. */
  readonly isConfined: boolean
  readonly ignored?: IgnorePatterns
  readonly addsHistory: boolean
}

/** Digest of what was copied, hex. The container's lock is held meanwhile. @throws as COPY and ADD */
export async function copyIntoWorking(engine: Engine, target: ContainerRef, request: WorkingCopy): Promise<string> {
  await using stack = new AsyncDisposableStack()
  const { instruction } = request
  const trees = await Promise.all(instruction.sources.map(async (text) => openSource(engine, stack, { text, request })))
  const { sources } = stack.use(openTrees(trees, instruction)())
  const { container } = stack.use(await lockContainer(engine, target))
  const { draft } = readWorking(engine, container)
  const mounted = stack.use(mountInPassing(engine, container))
  const root = openSync(mounted.path, constants.O_RDONLY | constants.O_DIRECTORY)
  stack.defer(() => closeSync(root))
  const place = { root, merged: mounted.path, count: sources.length }
  const put = await putAll(engine, instruction, { target: copyTarget(draft.config, instruction, place), sources })
  const digest = cacheKey(
    'content',
    put.map(({ part }) => part),
  )
  if (request.addsHistory) {
    const kind = put.length === 1 ? (put[0]?.kind ?? 'file') : 'multi'
    rememberStep(
      engine,
      container,
      `/bin/sh -c #(nop) ${instruction.kind.toUpperCase()} ${kind}:${digest} in ${instruction.target}`,
    )
  }
  return digest
}

interface Asked {
  readonly text: string
  readonly request: WorkingCopy
}

async function openSource(engine: Engine, stack: AsyncDisposableStack, { text, request }: Asked) {
  const { instruction, folder, isConfined, ignored } = request
  const digests = openFileDigests(engine.at, undefined)
  const remote = instruction.kind === 'add' ? remoteSource(text) : undefined
  const common = { digests, isKeyed: false, isRemote: remote !== undefined }
  if (remote !== undefined) {
    const { checksum, keepsGitFolder } = instruction
    const how = { keepsGitFolder, ...(checksum === undefined ? {} : { checksum }) }
    const fetched = stack.use(await fetchRemote(engine, remote, how))
    return { ...common, text: pathInRemote(remote), tree: treeAt(stack, fetched.folder, 'what was fetched') }
  }
  if (instruction.checksum !== undefined) throw checksumOfLocal()
  if (instruction.from !== undefined) return { ...common, text, tree: await borrow(engine, stack, instruction.from) }
  if (isConfined) {
    const tree = treeAt(stack, folder, 'the context')
    return { ...common, text, tree: ignored === undefined ? tree : { ...tree, ignored } }
  }
  return { ...common, text: resolve(folder, text), tree: treeAt(stack, '/', 'the host') }
}

/** --from: a container, or an image. */
async function borrow(engine: Engine, stack: AsyncDisposableStack, name: string): Promise<SourceTree> {
  const container = findContainer(engine.at, name)
  if (container !== undefined) {
    // Two that copy from each other wait no longer than the lock's patience.
    const { fd } = stack.use(await inOwnLockFlow(async () => seeRoot(engine, container)))
    return { root: fd, path: '/', ignored: undefined, key: undefined, label: `the container '${name}'` }
  }
  const [pulled] = await pull(engine, name, { policy: 'missing' })
  if (pulled === undefined) throw imageUnknown(name)
  // Swept, should we be killed.
  const workshop = stack.use(await inOwnLockFlow(async () => openWorkshop(engine)))
  const { merged } = setUpBench(engine, workshop, stackOf(pulled.record))
  return treeAt(stack, merged, `the image '${name}'`)
}

function treeAt(stack: AsyncDisposableStack, path: string, label: string): SourceTree {
  const root = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  stack.defer(() => closeSync(root))
  return { root, path, ignored: undefined, key: undefined, label }
}
