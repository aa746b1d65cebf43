// What a container of a pod needs before it is started: the pod's control group, and an infra container its root folder.

import { chmodSync, chownSync, copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { libexecFolder } from '../../os/installation.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import { pauseRoot } from '../container/rootfs.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import { userSituation } from '../container/user-situation.ts'
import type { Engine } from '../engine.ts'
import { makePodGroup } from './pod-group.ts'
import { readPod } from './pod-record.ts'

/** The container's lock is held. Idempotent. */
export async function prepareStart(engine: Engine, container: StoredContainer): Promise<void> {
  const { pod: facet, source } = container.stored.spec
  // One that is being made has no record yet, nor runs.
  const pod = facet === undefined ? undefined : readPod(engine.at, facet.id)
  if (pod !== undefined) await makePodGroup(engine, pod)
  if (source.kind === 'pause') makePauseRoot(engine, container)
}

/** Where the runtime mounts: made here, for in a user namespace of its own it could not. */
const folders = ['dev', 'proc', 'sys', 'etc', 'run', 'tmp']
const files = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'run/.containerenv']

/** Made anew at each start: so it is today's program. */
function makePauseRoot({ at, settings }: Engine, { id, stored }: StoredContainer): void {
  const root = pauseRoot(at, id)
  const mappings = idMappings(stored.spec.namespaces.user, userSituation(settings.isRootless))
  const owner = mappings?.uids.find(({ containerID }) => containerID === 0)?.hostID
  const group = mappings?.gids.find(({ containerID }) => containerID === 0)?.hostID
  chmodSync(root, 0o755)
  for (const name of folders) makeFolders(join(root, name), 0o755)
  for (const name of files) if (!existsSync(join(root, name))) writeFileSync(join(root, name), '')
  copyFileSync(join(libexecFolder, 'pause'), join(root, 'pause'))
  chmodSync(join(root, 'pause'), 0o755)
  if (owner === undefined || group === undefined) return
  for (const name of ['', ...folders, ...files, 'pause']) chownSync(join(root, name), owner, group)
}
