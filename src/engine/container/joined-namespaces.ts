// The namespaces of running containers that another one joins, as paths.

import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { native } from '../../os/native.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { JoinableNamespace, OciFacts } from '../../spec/facts.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import { containerGone, stateImproper } from './lock-container.ts'
import { readStoredContainer } from './stored-container.ts'

const files: Readonly<Record<JoinableNamespace, string>> = {
  pid: 'pid',
  ipc: 'ipc',
  uts: 'uts',
  network: 'net',
  user: 'user',
  cgroup: 'cgroup',
}

export interface Joined extends Pick<OciFacts, 'joined' | 'sharedShm'> {
  /** Of the container whose UTS namespace is joined. */
  readonly hostname: string | undefined
  /** The container whose network is joined: its /etc/hosts and /etc/resolv.conf serve both. */
  readonly networkOf: string | undefined
}

/** `id`: who joins. The shared /dev/shm is mounted in its run folder. @throws conflict `container-state` when one of them does not run; not-found `container-unknown` */
export function joinNamespaces(at: Layout, id: string, { namespaces }: CompleteSpec): Joined {
  const pids: Partial<Record<JoinableNamespace, number>> = {}
  let hostname: string | undefined
  let shm: string | undefined
  for (const type of Object.keys(files) as JoinableNamespace[]) {
    const mode = namespaces[type]
    if (mode.kind !== 'container') continue
    const other = readStoredContainer(at, mode.id)
    if (other === undefined) throw containerGone(mode.id)
    if (!isAlive(other.live))
      throw stateImproper(`container ${mode.id} is not running, so its ${type} namespace cannot be joined`)
    pids[type] = other.live.pid
    if (type === 'ipc') shm = shareShm(at, id, other.live.pid)
    if (type === 'uts') hostname = other.stored.spec.process.hostname ?? mode.id.slice(0, 12)
  }
  const joined = Object.entries(pids).flatMap(([type, pid]) => {
    const file = files[type as JoinableNamespace]
    return isOwn(pid, file) ? [] : [[type, `/proc/${pid}/ns/${file}`]]
  })
  return {
    joined: Object.fromEntries(joined) as Joined['joined'],
    sharedShm: namespaces.ipc.kind === 'host' ? '/dev/shm' : shm,
    hostname,
    networkOf: namespaces.network.kind === 'container' ? namespaces.network.id : undefined,
  }
}

/** What we are in ourselves, the host's, is not to be joined: an ordinary user may not. */
function isOwn(pid: number, file: string): boolean {
  return readlinkSync(`/proc/${pid}/ns/${file}`) === readlinkSync(`/proc/self/ns/${file}`)
}

/** Only the kernel's owner of a mount namespace may take a mount out of it, so the runtime cannot bind /proc/PID/root/dev/shm. */
function shareShm(at: Layout, id: string, pid: number): string {
  const target = join(paths.runContainer(at, id), containerFiles.run.shm)
  makeFolders(target, 0o700)
  unmountIfMounted(target)
  native().mountFrom(pid, '/dev/shm', target)
  return target
}

/** At creation: an IPC namespace must have been made for sharing. @throws invalid `ipc-not-shareable` */
export function checkShareable(at: Layout, { namespaces }: Pick<CompleteSpec, 'namespaces'>): void {
  const { ipc } = namespaces
  if (ipc.kind !== 'container') return
  const other = readStoredContainer(at, ipc.id)
  const kind = other?.stored.spec.namespaces.ipc.kind
  if (kind === 'private' || kind === 'none') {
    const message = `joining the IPC namespace of container ${ipc.id} is not allowed: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`
    throw invalid('ipc-not-shareable', message)
  }
}

/** At creation: the kernel mounts no control groups for the root of another user namespace. @throws invalid `cgroupns-foreign` */
export function checkCgroupNamespace(at: Layout, { namespaces }: Pick<CompleteSpec, 'namespaces'>): void {
  const { cgroup, user } = namespaces
  if (cgroup.kind !== 'container' || user.kind === 'host' || user.kind === 'path') return
  const theirs = readStoredContainer(at, cgroup.id)?.stored.spec.namespaces
  if (theirs?.cgroup.kind !== 'private') return
  const owner = theirs.user.kind === 'container' ? theirs.user.id : cgroup.id
  if (user.kind === 'container' && user.id === owner) return
  const message = `cannot join the cgroup namespace of container ${cgroup.id}: it belongs to another user namespace`
  throw invalid('cgroupns-foreign', message, `Join that, too: --userns container:${owner.slice(0, 12)}`)
}
