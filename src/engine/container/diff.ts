// diff: what a container changed in its image.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { type Change, changesIn } from '../../storage/changes.ts'
import { lowerFolders } from '../../storage/lower-layers.ts'
import type { Engine } from '../engine.ts'
import { lockContainer } from './lock-container.ts'
import { mountInPassing } from './passing-mount.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'

/** Ours, or the runtime's: made by every start. */
const ownPaths: ReadonlySet<string> = new Set([
  '/dev',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/mtab',
  '/etc/resolv.conf',
  '/proc',
  '/run',
  '/run/.containerenv',
  '/run/notify',
  '/run/podman-init',
  '/run/secrets',
  '/sys',
])

/** In the order of changesIn. @throws not-found `container-unknown`; unsupported `diff-of-rootfs` */
export async function diff(engine: Engine, target: ContainerRef): Promise<Change[]> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  checkLayered(container)
  return withoutOwn(await changesOf(engine, container))
}

/** What starts leave in every container is nobody's change. */
export function withoutOwn(changes: readonly Change[]): Change[] {
  return changes.filter(({ path }) => !ownPaths.has(path))
}

async function changesOf(engine: Engine, container: StoredContainer): Promise<Change[]> {
  const { whiteouts: style } = engine.storage()
  const lowers = lowerFolders(engine.at, container.stored.layers.at(-1))
  if (style !== 'vfs') return changesIn({ folder: upperOf(engine, container), isWhole: false, lowers, style })
  await using mounted = mountInPassing(engine, container)
  return changesIn({ folder: mounted.path, isWhole: true, lowers, style })
}

/** What the container wrote, where the driver keeps that apart. */
export function upperOf(engine: Engine, { id }: StoredContainer): string {
  return join(paths.container(engine.at, id), containerFiles.root.upper)
}

/** @throws unsupported `diff-of-rootfs` */
export function checkLayered({ name, stored }: StoredContainer): void {
  if (stored.spec.source.kind !== 'rootfs') return
  throw new EngineError({
    kind: 'unsupported',
    code: 'diff-of-rootfs',
    message: `container '${name}' was made with --rootfs: it has no layers to be compared with`,
  })
}
