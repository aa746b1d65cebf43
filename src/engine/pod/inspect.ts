// pod inspect: podman's document of a pod, key by key.

import { cpuTime } from '../../spec/cpu.ts'
import type { Limits } from '../../spec/limits.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { inspectMounts } from '../container/inspect-mounts.ts'
import { portBindings } from '../container/inspect-network.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isInfra, membersOf, podState } from './members.ts'
import { podGroupOf } from './pod-group.ts'
import type { PodRecord } from './pod-record.ts'

/** Lock-free. What podman leaves out of JSON where it is empty is there, empty: see engine/go-document.ts. */
export function inspect(engine: Engine, pod: PodRecord): object {
  const members = membersOf(engine.at, pod.id)
  const infra = members.find(isInfra)
  return {
    Id: pod.id,
    Name: pod.name,
    Namespace: '',
    Created: pod.createdAt,
    CreateCommand: pod.createCommand,
    ExitPolicy: pod.exitPolicy,
    State: podState(members),
    Hostname: pod.infraId === undefined ? '' : pod.hostname,
    Labels: pod.labels,
    CreateCgroup: pod.isGroupShared,
    CgroupParent: pod.groupParent ?? '',
    CgroupPath: podGroupOf(engine, pod) ?? '',
    CreateInfra: pod.infraId !== undefined,
    InfraContainerID: pod.infraId ?? '',
    InfraConfig: infra === undefined ? null : infraConfig(infra),
    SharedNamespaces: pod.shares,
    NumContainers: members.length,
    Containers: members.map(({ id, name, live }) => ({ Id: id, Name: name, State: live.status })),
    ...limitsOf(pod),
    ...(infra === undefined ? {} : ofInfra(engine, infra)),
    RestartPolicy: pod.restart.policy === 'no' ? '' : pod.restart.policy,
    LockNumber: 0,
  }
}

function infraConfig(infra: StoredContainer): object {
  const { spec } = infra.stored
  const { dns, hosts } = networkFacetOf(spec)
  const attachments = attachmentsOf(infra)
  const { pid, user, uts, network } = spec.namespaces
  return {
    PortBindings: portBindings(spec),
    HostNetwork: network.kind === 'host',
    StaticIP: attachments[0]?.addresses[0] ?? '',
    StaticMAC: attachments[0]?.mac ?? '',
    NoManageResolvConf: dns.isImages,
    DNSServer: orNull(dns.servers),
    DNSSearch: orNull(dns.searches),
    DNSOption: orNull(dns.options),
    NoManageHostname: hosts.hasHostname === false,
    NoManageHosts: hosts.hasHosts === false,
    HostAdd: orNull(hosts.added),
    HostsFile: hosts.baseFile ?? '',
    Networks: orNull(attachments.map((one) => one.network)),
    NetworkOptions: null,
    pid_ns: pid.kind,
    userns: user.kind,
    uts_ns: uts.kind,
  }
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list
}

function limitsOf({ limits }: PodRecord): Record<string, unknown> {
  return { ...cpuOf(limits), ...memoryOf(limits), ...blockIoOf(limits) }
}

function cpuOf(limits: Limits) {
  const { period = 0, quota = 0 } = cpuTime(limits)
  const { cpuShares = 0, cpusetCpus = '', cpusetMems = '' } = limits
  return {
    cpu_period: period,
    cpu_quota: quota,
    cpu_shares: cpuShares,
    cpuset_cpus: cpusetCpus,
    cpuset_mems: cpusetMems,
  }
}

function memoryOf({ memoryBytes = 0, memorySwapBytes = memoryBytes * 2 }: Limits) {
  return { memory_limit: memoryBytes, memory_swap: memorySwapBytes }
}

function blockIoOf({ blockWeight = 0, blockWeightDevices = [], blockReadBps = [], blockWriteBps = [] }: Limits) {
  return {
    blkio_weight: blockWeight,
    blkio_weight_device: blockWeightDevices.map(({ path, weight }) => ({ Path: path, Weight: weight })),
    device_read_bps: blockReadBps.map(({ path, rate }) => ({ Path: path, Rate: rate })),
    device_write_bps: blockWriteBps.map(({ path, rate }) => ({ Path: path, Rate: rate })),
  }
}

function ofInfra({ at }: Engine, { stored }: StoredContainer): Record<string, unknown> {
  const { spec } = stored
  const { seccomp, apparmor, labels, noNewPrivileges } = spec.security
  return {
    mounts: inspectMounts(at, spec),
    devices: spec.devices.devices.map(({ host, container, permissions }) => ({
      PathOnHost: host,
      PathInContainer: container,
      CgroupPermissions: permissions,
    })),
    volumes_from: spec.mounts.volumesFrom ?? [],
    security_opt: [
      ...(noNewPrivileges ? ['no-new-privileges'] : []),
      ...labels.map((label) => `label=${label}`),
      ...(seccomp === undefined ? [] : [`seccomp=${seccomp}`]),
      ...(apparmor === undefined ? [] : [`apparmor=${apparmor}`]),
    ],
  }
}
