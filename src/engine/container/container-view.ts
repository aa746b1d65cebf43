// A container's files as the container sees them, its mounts too, for those outside. One that runs is seen through its first process; of
// one that does not, volumes and binds are laid over the root file system by us. Nothing of the container's is loaded or executed
// (CVE-2019-14271), and no path of its is followed by anybody but os/tree-view.ts (CVE-2018-15664).

import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { openPath } from '../../os/open-entry.ts'
import { resolveIn, type TreeView } from '../../os/tree-view.ts'
import { type AliveState, isAlive } from '../../runtime/live-state.ts'
import type { ResolvedUser } from '../../spec/facts.ts'
import { hasSource } from '../../spec/mounts.ts'
import type { Engine } from '../engine.ts'
import { lockContainer, stateImproper } from './lock-container.ts'
import { mappingsOf } from './owners.ts'
import { mountInPassing } from './passing-mount.ts'
import { resolveUser } from './resolve-user.ts'
import { makeFolderInRoot, type RootFolder } from './root-folder.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { takeDownExtras } from './sweep.ts'

export interface ContainerView extends AsyncDisposable {
  readonly container: StoredContainer
  readonly view: TreeView
}

/**
 * One that runs is not held up meanwhile; one that does not cannot be started or removed.
 * @throws not-found `container-unknown`; conflict `container-state` for one that ends at this moment; what mounting throws
 */
export async function openContainerView(engine: Engine, target: ContainerRef): Promise<ContainerView> {
  await using stack = new AsyncDisposableStack()
  const locked = stack.use(await lockContainer(engine, target))
  const { container } = locked
  const { live } = container
  const view = isAlive(live)
    ? { root: openLiveRoot(container, live, stack), mounts: new Map<string, number>() }
    : await layMounts(engine, container, stack)
  // The descriptor keeps the container's mounts.
  if (isAlive(live)) locked[Symbol.dispose]()
  const rest = stack.move()
  return { container, view, [Symbol.asyncDispose]: async () => rest.disposeAsync() }
}

/** Who the container runs as. @throws invalid `user-unknown` */
export function userIn({ view, container }: Pick<ContainerView, 'view' | 'container'>): ResolvedUser {
  return resolveUser(rootOf(view), container.stored.spec.process.user ?? '')
}

function openLiveRoot(container: StoredContainer, live: AliveState, stack: AsyncDisposableStack): number {
  const process = absentAsUndefined(() => openSync(`/proc/${live.pid}`, openPath | constants.O_DIRECTORY))
  if (process === undefined) throw ending(container)
  stack.defer(() => closeSync(process))
  // The number may be another's by now, and its root the host's: only the container's is our monitor's child.
  const status = readFileSync(`/proc/self/fd/${process}/status`, 'utf8')
  if (Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]) !== live.monitorPid) throw ending(container)
  const root = openSync(`/proc/self/fd/${process}/root`, openPath | constants.O_DIRECTORY)
  stack.defer(() => closeSync(root))
  return root
}

function ending({ id }: StoredContainer): Error {
  return stateImproper(`container ${id} is ending at this moment`, 'Try again.')
}

async function layMounts(engine: Engine, container: StoredContainer, stack: AsyncDisposableStack): Promise<TreeView> {
  const { path } = stack.use(mountInPassing(engine, container))
  const root = openSync(path, openPath | constants.O_DIRECTORY)
  stack.defer(() => closeSync(root))
  const mounts = new Map<string, number>()
  const view = { root, mounts }
  stack.defer(async () => takeDownExtras(engine, container))
  makeScratchFolders(container, root)
  for (const [destination, source] of await sourcesOf(engine, container, { root, path })) {
    const fd = absentAsUndefined(() => openSync(source, openPath))
    if (fd === undefined) continue
    stack.defer(() => closeSync(fd))
    mounts.set(placeOf(view, destination), fd)
  }
  return view
}

/** Volumes and binds in the order in which they are mounted; a tmpfs begins with what lies below it. */
async function sourcesOf(
  engine: Engine,
  container: StoredContainer,
  { root, path }: { readonly root: number; readonly path: string },
): Promise<[destination: string, source: string][]> {
  const { mounts } = container.stored.spec.mounts
  if (!mounts.some(hasSource)) return []
  const user = userIn({ view: { root, mounts: new Map() }, container })
  const { setUpVolumes } = await import('./container-volumes.ts')
  const setting = { rootfs: path, user, mappings: mappingsOf(engine, container) }
  const volumes = await setUpVolumes(engine, container, setting)
  return mounts
    .flatMap((mount): [string, string][] => {
      const source = volumes[mount.destination] ?? (mount.kind === 'bind' ? mount.source : undefined)
      return source === undefined ? [] : [[posix.normalize(mount.destination), source]]
    })
    .sort(([one], [other]) => one.split('/').length - other.split('/').length)
}

/** Of a tmpfs, which begins with what lies below it: what is copied there must find a folder. */
function makeScratchFolders({ stored }: StoredContainer, root: number): void {
  for (const mount of stored.spec.mounts.mounts) {
    if (!hasSource(mount)) makeFolderInRoot(rootOf({ root }), mount.destination)
  }
}

/** Where the runtime would mount it: links on the way are followed, and folders that lack are made, as by a start. */
function placeOf(view: TreeView, destination: string): string {
  const path = Buffer.from(destination.replace(/\/$/, '')).toString('latin1')
  using before = resolveIn(view, path)
  if (before.status !== 'nowhere') return before.path
  makeFolderInRoot(rootOf(view), posix.dirname(destination))
  using after = resolveIn(view, path)
  return after.status === 'nowhere' ? path : after.path
}

function rootOf({ root }: Pick<TreeView, 'root'>): RootFolder {
  return { fd: root, [Symbol.dispose]: () => undefined }
}
