// pod inspect: podman's document of a pod, key by key.

import { cpuTime } from '../../spec/cpu.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { inspectMounts } from '../container/inspect-mounts.ts'
import { portBindings } from '../container/inspect-network.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isInfra, membersOf, podState } from './members.ts'
import { podGroupOf } from './pod-group.ts'
import type { PodRecord } from './pod-record.ts'

/** Lock-free. What podman leaves out where it is empty is left out. */
export function inspect(engine: Engine, pod: PodRecord): object {
  const members = membersOf(engine.at, pod.id)
  const infra = members.find(isInfra)
  return {
    Id: pod.id,
    Name: pod.name,
    Created: pod.createdAt,
    ...filled({ CreateCommand: pod.createCommand }),
    ExitPolicy: pod.exitPolicy,
    State: podState(members),
    Hostname: pod.infraId === undefined ? '' : pod.hostname,
    ...filled({ Labels: pod.labels }),
    CreateCgroup: pod.isGroupShared,
    ...filled({ CgroupParent: pod.groupParent ?? '', CgroupPath: podGroupOf(engine, pod) ?? '' }),
    CreateInfra: pod.infraId !== undefined,
    ...filled({ InfraContainerID: pod.infraId ?? '' }),
    ...(infra === undefined ? {} : { InfraConfig: infraConfig(infra) }),
    ...filled({ SharedNamespaces: pod.shares }),
    NumContainers: members.length,
    ...filled({ Containers: members.map(({ id, name, live }) => ({ Id: id, Name: name, State: live.status })) }),
    ...limitsOf(pod),
    ...(infra === undefined ? {} : ofInfra(engine, infra)),
    RestartPolicy: pod.restart.policy,
    LockNumber: 0,
  }
}

/** Go's `omitempty`. */
function filled(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isEmpty = (value: unknown) =>
    value === '' ||
    value === 0 ||
    value === undefined ||
    (typeof value === 'object' && Object.keys(value as object).length === 0)
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)))
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
  const { period, quota } = cpuTime(limits)
  return filled({
    cpu_period: period,
    cpu_quota: quota,
    cpu_shares: limits.cpuShares,
    cpuset_cpus: limits.cpusetCpus,
    cpuset_mems: limits.cpusetMems,
    memory_limit: limits.memoryBytes,
    memory_swap: limits.memorySwapBytes ?? (limits.memoryBytes ?? 0) * 2,
    blkio_weight: limits.blockWeight,
    blkio_weight_device: limits.blockWeightDevices?.map(({ path, weight }) => ({ Path: path, Weight: weight })),
    device_read_bps: limits.blockReadBps?.map(({ path, rate }) => ({ Path: path, Rate: rate })),
    device_write_bps: limits.blockWriteBps?.map(({ path, rate }) => ({ Path: path, Rate: rate })),
  })
}

function ofInfra({ at }: Engine, { stored }: StoredContainer): Record<string, unknown> {
  const { spec } = stored
  const { seccomp, apparmor, labels, noNewPrivileges } = spec.security
  return filled({
    mounts: inspectMounts(at, spec),
    devices: spec.devices.devices.map(({ host, container, permissions }) => ({
      PathOnHost: host,
      PathInContainer: container,
      CgroupPermissions: permissions,
    })),
    volumes_from: spec.mounts.volumesFrom,
    security_opt: [
      ...(noNewPrivileges ? ['no-new-privileges'] : []),
      ...labels.map((label) => `label=${label}`),
      ...(seccomp === undefined ? [] : [`seccomp=${seccomp}`]),
      ...(apparmor === undefined ? [] : [`apparmor=${apparmor}`]),
    ],
  })
}
