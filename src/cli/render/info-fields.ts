// `info`'s report under the names that its templates use: Go's fields, where YAML and JSON have camel case. As JSON it is what it was.

import { goMap, goStruct } from '../../base/go-value.ts'

/** Where a field is not simply the key with a capital. */
const irregular: Readonly<Record<string, string>> = {
  apparmorEnabled: 'AppArmorEnabled',
  capabilities: 'DefaultCapabilities',
  cgroupVersion: 'CgroupsVersion',
  cpus: 'CPUs',
  cpuUtilization: 'CPUUtilization',
  dns: 'DNS',
  gidmap: 'GIDMap',
  idMappings: 'IDMappings',
  ociRuntime: 'OCIRuntime',
  os: 'OS',
  seccompEnabled: 'SECCOMPEnabled',
  seccompProfilePath: 'SECCOMPProfilePath',
  selinuxEnabled: 'SELinuxEnabled',
  slirp4netns: 'Slirp4NetNS',
  uidmap: 'UIDMap',
  container_id: 'ContainerID',
  host_id: 'HostID',
}

/** Those that are maps in Go: their keys stay. */
const maps = new Set(['registries', 'graphOptions', 'graphStatus'])

export function infoFields(report: object): object {
  return structOf('system.infoReport', report)
}

function structOf(type: string, members: object): object {
  const fields = Object.entries(members).map(([key, value]) => [fieldOf(key), valueOf(key, value)] as const)
  const struct = goStruct(type, Object.fromEntries(fields))
  return Object.defineProperty(struct, 'toJSON', { value: () => members })
}

function fieldOf(key: string): string {
  return irregular[key] ?? key.charAt(0).toUpperCase() + key.slice(1)
}

function valueOf(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => valueOf(key, item))
  if (typeof value !== 'object' || value === null) return value
  return maps.has(key) ? goMap(value as Record<string, unknown>) : structOf(`define.${fieldOf(key)}`, value)
}
