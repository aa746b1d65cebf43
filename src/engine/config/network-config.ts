// containers.conf(5): [network], and what [containers] and [engine] say of networks.

import { invalid } from '../../base/errors.ts'
import type { TomlTable, TomlValue } from '../../base/toml.ts'
import type { NetworkConfig, SubnetPool } from '../../network/network-config.ts'
import { confBoolean, confChoice, confNumber, confTable, confText, confTexts } from './conf-value.ts'

/** podman's. */
const defaultPools: readonly SubnetPool[] = [
  { base: '10.89.0.0/16', size: 24 },
  { base: '10.90.0.0/15', size: 24 },
  { base: '10.92.0.0/14', size: 24 },
  { base: '10.96.0.0/11', size: 24 },
  { base: '10.128.0.0/9', size: 24 },
]

/** @throws invalid `conf-invalid` */
export function networkConfig(conf: TomlTable): NetworkConfig {
  const network = confTable(conf, 'network')
  return {
    ...containerKeys(confTable(conf, 'containers')),
    defaultNetwork: confText(network, 'default_network') ?? 'podman',
    defaultSubnet: confText(network, 'default_subnet') ?? '10.88.0.0/16',
    subnetPools: subnetPools(network['default_subnet_pools']),
    dnsPort: confNumber(network, 'dns_bind_port') || 53,
    helperFolders: confTexts(confTable(conf, 'engine'), 'helper_binaries_dir') ?? [],
    rootlessCommand: confChoice(network, 'default_rootless_network_cmd', {
      of: ['pasta', 'slirp4netns'],
      fallback: 'pasta',
    }),
    pastaOptions: confTexts(network, 'pasta_options') ?? [],
    slirpOptions: confTexts(confTable(conf, 'engine'), 'network_cmd_options') ?? [],
  }
}

type ContainerKeys =
  | 'interfaceName'
  | 'hostInternalAddress'
  | 'baseHostsFile'
  | 'hasHosts'
  | 'hasHostname'
  | 'dnsServers'
  | 'dnsSearches'
  | 'dnsOptions'
  | 'mode'

function containerKeys(containers: TomlTable): Pick<NetworkConfig, ContainerKeys> {
  return {
    interfaceName: confText(containers, 'interface_name') ?? '',
    hostInternalAddress: confText(containers, 'host_containers_internal_ip') ?? '',
    baseHostsFile: confText(containers, 'base_hosts_file') ?? '',
    hasHosts: confBoolean(containers, 'no_hosts') !== true,
    hasHostname: confBoolean(containers, 'no_hostname') !== true,
    dnsServers: confTexts(containers, 'dns_servers') ?? [],
    dnsSearches: confTexts(containers, 'dns_searches') ?? [],
    dnsOptions: confTexts(containers, 'dns_options') ?? [],
    mode: confText(containers, 'netns') ?? 'private',
  }
}

function subnetPools(value: TomlValue | undefined): readonly SubnetPool[] {
  if (value === undefined) return defaultPools
  if (!Array.isArray(value)) throw malformed()
  return value.map((pool) => {
    if (typeof pool !== 'object' || Array.isArray(pool) || pool instanceof Date) throw malformed()
    const { base, size } = pool
    if (typeof base !== 'string' || typeof size !== 'number') throw malformed()
    return { base, size }
  })
}

function malformed(): Error {
  return invalid(
    'conf-invalid',
    "containers.conf: 'default_subnet_pools' must be a list of { base = SUBNET, size = BITS }",
  )
}
