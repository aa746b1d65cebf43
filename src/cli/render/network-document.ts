// A network as templates and JSON see it: Go's field names for the ones, podman's keys for the other.

import { goMap, goStruct, goTime } from '../../base/go-value.ts'
import type { ContainerNetworkInfo } from '../../engine/network/inspect.ts'
import type { NetworkRecord, NetworkRoute, NetworkSubnet } from '../../network/record/network-record.ts'

type Member = readonly [key: string, field: string, value: unknown]

/** Members in this order in JSON, under `key`; undefined is left out there. */
function goRecord(type: string, members: readonly Member[]): object {
  const record: Record<string, unknown> = {}
  for (const [key, field, value] of members) {
    Object.defineProperty(record, key, { value, enumerable: value !== undefined })
    if (field !== key) Object.defineProperty(record, field, { value: value ?? '' })
  }
  return goStruct(type, record)
}

/** Of `network ls --format`, and with its containers of `network inspect`. */
export function goNetwork(network: NetworkRecord, containers?: Readonly<Record<string, ContainerNetworkInfo>>): object {
  return goRecord(containers === undefined ? 'types.Network' : '*entities.NetworkInspectReport', [
    ...networkMembers(network),
    ...(containers === undefined ? [] : ([['containers', 'Containers', goContainers(containers)]] satisfies Member[])),
  ])
}

function networkMembers(network: NetworkRecord): Member[] {
  const { subnets, routes, labels, options } = network
  return [
    ['name', 'Name', network.name],
    ['id', 'ID', network.id],
    ['driver', 'Driver', network.driver],
    ['network_interface', 'NetworkInterface', network.network_interface],
    ['created', 'Created', goTime(network.created)],
    ['subnets', 'Subnets', subnets?.map(goSubnet)],
    ['routes', 'Routes', routes?.map(goRoute)],
    ['ipv6_enabled', 'IPv6Enabled', network.ipv6_enabled],
    ['internal', 'Internal', network.internal],
    ['dns_enabled', 'DNSEnabled', network.dns_enabled],
    ['network_dns_servers', 'NetworkDNSServers', network.network_dns_servers],
    ['labels', 'Labels', labels === undefined ? undefined : goMap(labels)],
    ['options', 'Options', options === undefined ? undefined : goMap(options)],
    ['ipam_options', 'IPAMOptions', network.ipam_options === undefined ? undefined : goMap(network.ipam_options)],
  ]
}

/** One row of `network ls --format`. */
export function networkRow(network: NetworkRecord, { isWhole }: { readonly isWhole: boolean }): object {
  const labels = Object.entries(network.labels ?? {}).map(([key, value]) => `${key}=${value}`)
  const others = networkMembers(network).filter(([, field]) => field !== 'ID' && field !== 'Labels')
  return goRecord('networks.ListPrintReports', [
    ...others,
    ['id', 'ID', isWhole ? network.id : network.id.slice(0, 12)],
    ['labels', 'Labels', labels.join(',')],
  ])
}

function goSubnet({ subnet, gateway, lease_range: range }: NetworkSubnet): object {
  const goRange =
    range &&
    goRecord('*types.LeaseRange', [
      ['start_ip', 'StartIP', range.start_ip],
      ['end_ip', 'EndIP', range.end_ip],
    ])
  return goRecord('types.Subnet', [
    ['subnet', 'Subnet', subnet],
    ['gateway', 'Gateway', gateway],
    ['lease_range', 'LeaseRange', goRange],
  ])
}

function goRoute({ destination, gateway, metric }: NetworkRoute): object {
  return goRecord('types.Route', [
    ['destination', 'Destination', destination],
    ['gateway', 'Gateway', gateway],
    ['metric', 'Metric', metric],
  ])
}

function goContainers(containers: Readonly<Record<string, ContainerNetworkInfo>>): object {
  return goMap(
    Object.fromEntries(
      Object.entries(containers).map(([id, { name, interfaces }]) => {
        const all = Object.entries(interfaces).map(([key, { subnets, mac_address: mac }]) => {
          const addresses = subnets?.map(({ ipnet, gateway }) =>
            goRecord('types.NetAddress', [
              ['ipnet', 'IPNet', ipnet],
              ['gateway', 'Gateway', gateway],
            ]),
          )
          return [
            key,
            goRecord('types.NetInterface', [
              ['subnets', 'Subnets', addresses],
              ['mac_address', 'MacAddress', mac],
            ]),
          ]
        })
        const members: Member[] = [
          ['name', 'Name', name],
          ['interfaces', 'Interfaces', goMap(Object.fromEntries(all) as Record<string, object>)],
        ]
        return [id, goRecord('entities.NetworkContainerInfo', members)]
      }),
    ),
  )
}
