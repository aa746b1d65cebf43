// The engine's documents as Go's structs would hold them. They carry every member; which of them are maps, which are times, and which are
// left out of JSON when they are empty, is known here by their names.

import { formatGoDuration } from '../base/duration.ts'
import { goMap, goNilMap, goNilSlice, goPrinted, goStruct, goTime } from '../base/go-value.ts'

const maps = new Set(
  (
    'Annotations CgroupConf Data DriverOpts ExposedPorts IPAMConfig Labels Networks Options PortBindings Ports Status Tmpfs ' +
    'Volumes'
  ).split(' '),
)

const times = new Set([
  'CheckpointedAt',
  'Created',
  'CreatedAt',
  'UpdatedAt',
  'FinishedAt',
  'RestoredAt',
  'StartedAt',
  'created',
])

/** Pointers; null elsewhere is a nil slice or map. */
const pointers = new Set([
  'Health',
  'InfraConfig',
  'Healthcheck',
  'IDMappings',
  'OnBuild',
  'SizeRw',
  'StartupHealthCheck',
  'created',
])

/** Go's `omitempty`. */
const optional = new Set(
  (
    'CgroupPath CheckpointLog ExposedPorts HealthLogDestination HealthcheckMaxLogCount HealthcheckMaxLogSize Name CheckpointPath Checkpointed ChrootDirs ConmonPid Health Healthcheck ' +
    'HealthcheckOnFailureAction IDMappings Init IntelRdtClosID Networks OCIConfigPath RestoreLog Restored Secrets SizeRootFs SizeRw ' +
    'StartupHealthCheck StoppedByUser SubPath SystemdMode Timezone sdNotifyMode sdNotifySocket Umask CreateCommand ' +
    'OCIRuntime'
  ).split(' '),
)

const optionalOfVolumes = new Set('Anonymous GID NeedsChown NeedsCopyUp Status Timeout UID'.split(' '))

const durations = new Set(['Interval', 'StartInterval', 'StartPeriod', 'Timeout'])
const optionalOfPods = new Set(
  (
    'Namespace CreateCommand ExitPolicy Labels CgroupParent CgroupPath InfraContainerID InfraConfig SharedNamespaces Containers cpu_period ' +
    'cpu_quota cpu_shares cpuset_cpus cpuset_mems mounts devices device_read_bps device_write_bps volumes_from security_opt memory_limit ' +
    'memory_swap blkio_weight blkio_weight_device RestartPolicy'
  ).split(' '),
)

/** The Go field's name, where JSON's differs. */
const fieldNames: Readonly<Record<string, string>> = {
  Id: 'ID',
  blkio_weight: 'BlkioWeight',
  cpu_period: 'CPUPeriod',
  cpu_quota: 'CPUQuota',
  cpu_shares: 'CPUShares',
  cpuset_cpus: 'CPUSetCPUs',
  cpuset_mems: 'CPUSetMems',
  devices: 'Devices',
  device_read_bps: 'BlkioDeviceReadBps',
  device_write_bps: 'BlkioDeviceWriteBps',
  memory_limit: 'MemoryLimit',
  memory_swap: 'MemorySwap',
  mounts: 'Mounts',
  pid_ns: 'PidNS',
  security_opt: 'SecurityOpts',
  userns: 'UserNS',
  uts_ns: 'UtsNS',
  volumes_from: 'VolumesFrom',
  UidMap: 'UIDMap',
  GidMap: 'GIDMap',
  Domainname: 'DomainName',
  Health: 'Healthcheck',
  HealthcheckMaxLogCount: 'HealthMaxLogCount',
  HealthcheckMaxLogSize: 'HealthMaxLogSize',
  Healthcheck: 'HealthCheck',
  HostIp: 'HostIP',
  architecture: 'Architecture',
  config: 'Config',
  diff_ids: 'DiffIDs',
  history: 'History',
  os: 'OS',
  rootfs: 'RootFS',
  variant: 'Variant',
  created: 'Created',
  created_by: 'CreatedBy',
  author: 'Author',
  comment: 'Comment',
  empty_layer: 'EmptyLayer',
  lockNumber: 'LockNumber',
  sdNotifyMode: 'SdNotifyMode',
  sdNotifySocket: 'SdNotifySocket',
}

/** What JSON and templates see of one document. */
export function goDocument(document: object, type: string): object {
  const members: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(document)) {
    const member = isCheck(type) && durations.has(key) ? goDuration(Number(value)) : goMember(key, value)
    const isHidden = (isOptional(key, type) || isCheck(type)) && isEmpty(value)
    Object.defineProperty(members, key, { value: member, enumerable: !isHidden })
    const field = fieldNames[key]
    if (field !== undefined && !Object.hasOwn(document, field)) Object.defineProperty(members, field, { value: member })
  }
  return goStruct(type, members)
}

/** Of an image: all of their members are optional. */
const imageTypes = new Set(['v1.ImageConfig', 'v1.History'])

function isOptional(key: string, type: string): boolean {
  if (imageTypes.has(type)) return true
  if (type.includes('InspectPodData')) return optionalOfPods.has(key)
  return optional.has(key) || (type.includes('Volume') && optionalOfVolumes.has(key))
}

/** Of an image or a container. */
function isCheck(type: string): boolean {
  return type === structName('Healthcheck') || type === structName('StartupHealthCheck')
}

function goDuration(ns: number): object {
  return goPrinted(formatGoDuration(ns), { toJSON: () => ns })
}

function goMember(key: string, value: unknown): unknown {
  if (times.has(key) && typeof value === 'string') return goTime(value)
  if (Array.isArray(value)) return value.map((element) => goMember(key === 'History' ? key : '', element))
  if (value === null) return goNil(key)
  if (typeof value !== 'object') return value
  if (!maps.has(key) && !isPlainConfig(key, value))
    return goDocument(value, isImageConfig(key, value) ? 'v1.ImageConfig' : structName(key))
  return goMap(Object.fromEntries(Object.entries(value).map(([name, element]) => [name, goMember('', element)])))
}

function goNil(key: string): unknown {
  if (pointers.has(key)) return null
  return maps.has(key) || key === 'Config' ? goNilMap() : goNilSlice()
}

/** LogConfig's own Config is a map, the container's is a struct. */
function isPlainConfig(key: string, value: object): boolean {
  return key === 'Config' && !('Env' in value) && !('Cmd' in value)
}

function isImageConfig(key: string, value: object): boolean {
  return key === 'Config' && !('Hostname' in value)
}

function structName(key: string): string {
  const known: Readonly<Record<string, string>> = {
    Healthcheck: '*manifest.Schema2HealthConfig',
    StartupHealthCheck: '*define.StartupHealthCheck',
    Config: '*define.InspectContainerConfig',
    HostConfig: '*define.InspectContainerHostConfig',
    State: '*define.InspectContainerState',
    NetworkSettings: '*define.InspectNetworkSettings',
    GraphDriver: '*define.DriverData',
    History: 'v1.History',
    LogConfig: '*define.InspectLogConfig',
    RestartPolicy: '*define.InspectRestartPolicy',
  }
  return known[key] ?? `define.Inspect${key}`
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === null || value === undefined || value === '' || value === 0 || value === false
}
