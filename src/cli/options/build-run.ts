// Flags of a build that concern its RUN steps → RunSettings. A container's flags of the same names are read by the same code.

import { invalid } from '../../base/errors.ts'
import { parseBinarySize } from '../../base/size.ts'
import type { RunSettings } from '../../engine/build/run-settings.ts'
import { isCdiName } from '../../spec/cdi-name.ts'
import { parseDevice } from '../../spec/devices.ts'
import { parseVolume } from '../../spec/mount-text.ts'
import { defineOptions, type Invocation, type OptionSpec } from '../command.ts'
import { cgroupFacet, cgroupOptions } from './container-cgroup.ts'
import { absolute, mountOptions } from './container-mounts.ts'
import { namespaceFacet, namespaceOptions } from './container-namespaces.ts'
import { networkFacet, networkMode, networkOptions } from './container-network.ts'
import { resourceFacet, resourceOptions } from './container-resources.ts'
import { securityFacet, securityOptions } from './container-security.ts'
import { proxyEntries } from './environment.ts'

const { 'add-host': addHost, dns, 'dns-option': dnsOption, 'dns-search': dnsSearch } = networkOptions
const { network, 'no-hostname': noHostname, 'no-hosts': noHosts } = networkOptions
const { 'cpu-period': cpuPeriod, 'cpu-quota': cpuQuota, 'cpu-shares': cpuShares } = resourceOptions
const { 'cpuset-cpus': cpusetCpus, 'cpuset-mems': cpusetMems, memory, 'memory-swap': memorySwap } = resourceOptions

export const buildRunOptions = defineOptions({
  'add-host': addHost,
  'cap-add': securityOptions['cap-add'],
  'cap-drop': securityOptions['cap-drop'],
  'cgroup-parent': cgroupOptions['cgroup-parent'],
  cgroupns: namespaceOptions.cgroupns,
  'cpu-period': cpuPeriod,
  'cpu-quota': cpuQuota,
  'cpu-shares': cpuShares,
  'cpuset-cpus': cpusetCpus,
  'cpuset-mems': cpusetMems,
  device: mountOptions.device,
  dns,
  'dns-option': dnsOption,
  'dns-search': dnsSearch,
  'group-add': {
    type: 'strings',
    value: 'group',
    isCommaSeparated: true,
    describe: 'Further group of RUN’s process, by name or number',
    complete: 'none',
  },
  'http-proxy': { type: 'boolean', default: true, describe: 'Pass our proxy variables to RUN' },
  ipc: namespaceOptions.ipc,
  memory,
  'memory-swap': memorySwap,
  network,
  'no-hostname': noHostname,
  'no-hosts': noHosts,
  pid: namespaceOptions.pid,
  'security-opt': securityOptions['security-opt'],
  'shm-size': mountOptions['shm-size'],
  stdin: { type: 'boolean', describe: 'Pass standard input to RUN' },
  ulimit: resourceOptions.ulimit,
  userns: namespaceOptions.userns,
  'userns-gid-map': namespaceOptions.gidmap,
  'userns-gid-map-group': namespaceOptions.subgidname,
  'userns-uid-map': namespaceOptions.uidmap,
  'userns-uid-map-user': namespaceOptions.subuidname,
  uts: namespaceOptions.uts,
  volume: mountOptions.volume,
})

type RunInvocation = Invocation<typeof buildRunOptions>

/** @throws what the parsers of a container's flags throw */
export function runSettings({ options, given, path }: RunInvocation): RunSettings {
  const shm = options['shm-size']
  const cdi = options.device.filter(isCdiName)
  // Every flag that those parsers read is there, and of the type that they read.
  const asContainer = { options: { ...unsaid(), ...options, ...renamed(options) }, given, path, args: [] } as never
  return {
    namespaces: { ...namespaceFacet(asContainer), ...networkMode(asContainer) },
    network: networkFacet(asContainer),
    devices: {
      devices: options.device.filter((text) => !isCdiName(text)).map(parseDevice),
      ...(cdi.length === 0 ? {} : { cdi }),
    },
    resources: resourceFacet(asContainer),
    cgroup: cgroupFacet(asContainer),
    security: securityFacet(asContainer),
    mounts: options.volume.map(bindOf),
    groups: options['group-add'],
    hasStdin: options.stdin,
    environment: options['http-proxy'] ? proxyEntries() : [],
    ...(shm === undefined ? {} : { shmBytes: parseBinarySize(shm) }),
  }
}

/** A build has no volumes: nobody would look after them. */
function bindOf(text: string) {
  const mount = absolute(parseVolume(text))
  if (mount.kind === 'bind') return mount
  throw invalid(
    'volume-invalid',
    `--volume ${JSON.stringify(text)}: a build binds folders of the host, by an absolute path or one that begins with a dot`,
  )
}

function renamed(options: RunInvocation['options']) {
  return {
    uidmap: options['userns-uid-map'],
    gidmap: options['userns-gid-map'],
    subuidname: options['userns-uid-map-user'],
    subgidname: options['userns-gid-map-group'],
  }
}

/** A container's flags as if none were given. */
function unsaid() {
  const tables = [networkOptions, securityOptions, resourceOptions, cgroupOptions, namespaceOptions]
  return Object.fromEntries(
    tables.flatMap((table) => Object.entries(table)).map(([name, spec]) => [name, valueUnsaid(spec)]),
  )
}

function valueUnsaid(spec: OptionSpec) {
  if (spec.default !== undefined) return spec.default
  if (spec.type === 'strings') return []
  return spec.type === 'boolean' ? false : undefined
}
