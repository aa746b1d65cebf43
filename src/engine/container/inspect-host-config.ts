// inspect's HostConfig: docker's view of a container's surroundings, filled in from its spec.

import { join } from 'node:path'
import { humanSize } from '../../base/size.ts'
import { knownCapabilities } from '../../spec/capabilities.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { ociRlimits } from '../../spec/ulimits.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { hostFacts } from './host-facts.ts'
import { membersOrNull } from './inspect-config.ts'
import { inspectLimits } from './inspect-limits.ts'
import { inspectBinds, inspectTmpfs } from './inspect-mounts.ts'
import { inspectModes } from './inspect-namespaces.ts'
import { portBindings } from './inspect-network.ts'
import type { StoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

export function inspectHostConfig(engine: Engine, container: StoredContainer) {
  const { stored } = container
  const { spec } = stored
  const { dns, hosts, isAllPublished } = networkFacetOf(spec)
  return {
    Binds: inspectBinds(spec),
    CgroupManager: stored.cgroupManager,
    ContainerIDFile: spec.cidFile ?? '',
    LogConfig: logConfig(engine, container),
    PortBindings: portBindings(spec),
    RestartPolicy: {
      Name: spec.restart.policy,
      MaximumRetryCount: spec.restart.policy === 'on-failure' ? spec.restart.maxRetries : 0,
    },
    AutoRemove: spec.isAutoRemoved,
    AutoRemoveImage: spec.isImageRemoved ?? false,
    Annotations: membersOrNull(spec.annotations),
    VolumeDriver: '',
    VolumesFrom: listOrNull(spec.mounts.volumesFrom),
    ...capabilityChanges(engine, spec),
    Dns: dns.servers,
    DnsOptions: dns.options,
    DnsSearch: dns.searches,
    ExtraHosts: hosts.added,
    HostsFile: hosts.baseFile ?? '',
    GroupAdd: spec.process.groups ?? [],
    ...inspectModes(spec),
    Cgroup: '',
    Cgroups: spec.cgroup.mode === 'disabled' ? 'disabled' : 'default',
    Links: null,
    OomScoreAdj: spec.resources.oomScoreAdj ?? 0,
    Privileged: spec.security.isPrivileged,
    PublishAllPorts: isAllPublished,
    ReadonlyRootfs: spec.mounts.isRootReadOnly,
    SecurityOpt: securityOptions(spec),
    Tmpfs: inspectTmpfs(spec),
    IDMappings: mappings(engine, spec),
    ShmSize: spec.mounts.shmBytes,
    Runtime: 'oci',
    ConsoleSize: [0, 0],
    Isolation: '',
    ...inspectLimits(spec),
    CgroupParent: spec.cgroup.parent ?? '',
    Devices: spec.security.isPrivileged
      ? []
      : spec.devices.devices.map(({ host, container: path }) => ({
          PathOnHost: host,
          PathInContainer: path,
          CgroupPermissions: '',
        })),
    Init: spec.process.init,
    Ulimits: ulimits(engine, spec),
  }
}

function logConfig(engine: Engine, { id, stored }: StoredContainer) {
  const { driver, path, tag, maxBytes } = stored.spec.log
  const isFile = driver === 'k8s-file' || driver === 'json-file'
  const file = path ?? join(paths.container(engine.at, id), containerFiles.root.log)
  return { Type: driver, Config: null, Path: isFile ? file : '', Tag: tag ?? '', Size: humanSize(maxBytes) }
}

/** Against what every container gets. */
function capabilityChanges({ settings }: Engine, { security }: CompleteSpec) {
  const { isPrivileged, capabilities } = security
  const usual = isPrivileged ? knownCapabilities : settings.containerDefaults.capabilities
  const own = isPrivileged ? knownCapabilities : capabilities
  return {
    CapAdd: own.filter((name) => !usual.includes(name)),
    CapDrop: usual.filter((name) => !own.includes(name)).toSorted(),
  }
}

function securityOptions({ security }: CompleteSpec): string[] {
  const { noNewPrivileges, labels, seccomp, apparmor, unmask } = security
  return [
    ...(noNewPrivileges ? ['no-new-privileges'] : []),
    ...labels.map((label) => `label=${label}`),
    ...(seccomp === undefined ? [] : [`seccomp=${seccomp}`]),
    ...(apparmor === undefined ? [] : [`apparmor=${apparmor}`]),
    ...(unmask.some((entry) => entry.toLowerCase() === 'all') ? ['unmask=all'] : []),
  ]
}

/** `INSIDE:OUTSIDE:COUNT` */
function mappings({ settings }: Engine, { namespaces }: CompleteSpec) {
  const ranges = idMappings(namespaces.user, userSituation(settings.isRootless))
  if (ranges === undefined) return null
  const texts = (list: typeof ranges.uids) =>
    list.map(({ containerID, hostID, size }) => `${containerID}:${hostID}:${size}`)
  return { UidMap: texts(ranges.uids), GidMap: texts(ranges.gids) }
}

function ulimits({ settings }: Engine, spec: CompleteSpec) {
  const { isRootless } = settings
  const number = (limit: number) => (Number.isFinite(limit) ? limit : -1)
  const limits = ociRlimits(spec, { ...hostFacts(isRootless), isRootless })
  return limits.map(({ type, soft, hard }) => ({ Name: type, Soft: number(soft), Hard: number(hard) }))
}

function listOrNull<T>(list: readonly T[] = []): readonly T[] | null {
  return list.length === 0 ? null : list
}
