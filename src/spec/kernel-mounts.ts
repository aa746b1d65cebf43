// The kernel's own file systems inside a container: /proc, /dev and below, /sys. What a user namespace may not mount anew is bound.

import type { CompleteSpec } from './container-spec.ts'
import type { OciFacts } from './facts.ts'
import type { OciMount } from './oci-config.ts'
import { isUnmasked } from './security.ts'

const guarded = ['nosuid', 'noexec', 'nodev']
/** The group of terminals, which the kernel gives new ptys to. */
const ttyGroup = 5

export function kernelMounts(spec: CompleteSpec, facts: OciFacts): OciMount[] {
  return [
    procMount(spec, facts),
    devMount(spec),
    ptsMount(facts),
    ...shmMount(spec, facts),
    ...mqueueMount(spec, facts),
    ...sysMounts(spec, facts),
  ]
}

/** In a user namespace the kernel mounts /proc only for a PID namespace that belongs to it. */
function procMount({ namespaces, security }: CompleteSpec, facts: OciFacts): OciMount {
  const destination = '/proc'
  if (isInUserNamespace(facts) && namespaces.pid.kind === 'host') {
    return { destination, type: 'bind', source: '/proc', options: ['rbind', ...guarded] }
  }
  return { destination, type: 'proc', source: 'proc', options: [...(security.procOptions ?? guarded)] }
}

function devMount({ mounts }: CompleteSpec): OciMount {
  const access = mounts.isRootReadOnly && !mounts.hasWritableTmpfs ? ['ro'] : []
  const options = ['nosuid', 'noexec', 'strictatime', 'mode=755', 'size=65536k', ...access]
  return { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options }
}

function ptsMount({ mappings, gidCount }: OciFacts): OciMount {
  const gids = mappings?.gids ?? [{ containerID: 0, size: gidCount }]
  const isMapped = gids.some(({ containerID, size }) => containerID <= ttyGroup && ttyGroup < containerID + size)
  const group = isMapped ? [`gid=${ttyGroup}`] : []
  const options = ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...group]
  return { destination: '/dev/pts', type: 'devpts', source: 'devpts', options }
}

/** One's own, or that of the container whose IPC namespace is joined. */
function shmMount({ namespaces, mounts }: CompleteSpec, facts: OciFacts): OciMount[] {
  const destination = '/dev/shm'
  if (facts.sharedShm !== undefined) {
    return [{ destination, type: 'bind', source: facts.sharedShm, options: ['bind', 'rprivate', ...guarded] }]
  }
  if (namespaces.ipc.kind === 'none') return []
  const access = mounts.isRootReadOnly && !mounts.hasWritableTmpfs ? ['ro'] : []
  const options = ['rprivate', ...guarded, 'mode=1777', `size=${mounts.shmBytes}`, ...access]
  return [{ destination, type: 'tmpfs', source: 'shm', options }]
}

/** Of an IPC namespace that is another user namespace's only the host's mount can be had, where there is one. */
function mqueueMount({ namespaces }: CompleteSpec, facts: OciFacts): OciMount[] {
  const destination = '/dev/mqueue'
  if (!isInUserNamespace(facts) || namespaces.ipc.kind !== 'host') {
    return [{ destination, type: 'mqueue', source: 'mqueue', options: guarded }]
  }
  return facts.hasMqueue ? [{ destination, type: 'bind', source: destination, options: ['bind', ...guarded] }] : []
}

function sysMounts(spec: CompleteSpec, facts: OciFacts): OciMount[] {
  const access = spec.security.isPrivileged ? 'rw' : 'ro'
  if (canMountSys(spec, facts)) {
    const sys = { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['rprivate', ...guarded, access] }
    const cgroupAccess = isCgroupWritable(spec, facts) ? 'rw' : 'ro'
    const options = ['rprivate', ...guarded, 'relatime', cgroupAccess]
    return [sys, { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options }]
  }
  const cgroup = { type: 'cgroup', source: '/sys/fs/cgroup', options: ['rprivate', ...guarded, access] }
  return [
    { destination: '/sys', type: 'bind', source: '/sys', options: ['rprivate', ...guarded, access, 'rbind'] },
    { destination: '/sys/fs/cgroup', ...cgroup },
  ]
}

/** sysfs shows the network namespace: only who owns that may mount it. */
function canMountSys({ namespaces }: CompleteSpec, facts: OciFacts): boolean {
  const { network, user } = namespaces
  if (!isInUserNamespace(facts)) return true
  if (network.kind === 'host') return false
  // The user namespace that was made with the network owns it.
  if (facts.mappings !== undefined && facts.joined.user !== undefined) return true
  const hasOwnUserNamespace = facts.mappings !== undefined || user.kind === 'path' || user.kind === 'container'
  return hasOwnUserNamespace ? network.kind === 'private' || network.kind === 'none' : true
}

function isCgroupWritable({ security, process }: CompleteSpec, facts: OciFacts): boolean {
  if (security.isPrivileged) return true
  if (process.isSystemd && facts.isUnifiedCgroup) return true
  return facts.isUnifiedCgroup && isUnmasked('/sys/fs/cgroup', security.unmask)
}

function isInUserNamespace(facts: OciFacts): boolean {
  return facts.isRootless || facts.mappings !== undefined || facts.joined.user !== undefined
}
