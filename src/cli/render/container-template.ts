// The fields that `ps --format` knows, and its JSON.

import { goMap, goStruct, goTime } from '../../base/go-value.ts'
import { shortId } from '../../base/ids.ts'
import type { ListedContainer, NamespaceKind } from '../../engine/container/list.ts'
import { attachmentsOf } from '../../engine/container/network-attachments.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { networkFacetOf } from '../../spec/network.ts'
import {
  agoText,
  commandText,
  commandWords,
  imageName,
  listedStatusText,
  sizeText,
  stateText,
} from './container-row.ts'
import { portsText } from './ports-text.ts'

/** Where the heading is not simply the field's words. */
export const containerHeadings: Readonly<Record<string, string>> = {
  Cgroup: 'CGROUPNS',
  CreatedHuman: 'CREATED',
  ID: 'CONTAINER ID',
  PIDNS: 'PIDNS',
  Pod: 'POD ID',
  PodName: 'PODNAME',
  User: 'USERNS',
}

/** What Go's zero time is in seconds since 1970. */
const never = -62_135_596_800

interface RowOptions {
  /** --no-trunc */
  readonly isWhole: boolean
}

/** Fields are read when the template asks for them. */
export function templateRow(listed: ListedContainer, { isWhole }: RowOptions): object {
  const { container, network } = listed
  const { stored } = container
  const short = (id: string) => (isWhole ? id : shortId(id))
  const namespaces = templateNamespaces(listed)
  return goStruct('containers.psReporter', {
    ...commonFields(listed),
    ...namespaces,
    Namespaces: goStruct('types.ListContainerNamespaces', { ...namespaces }),
    ID: short(container.id),
    Pod: short(stored.spec.pod?.id ?? ''),
    Names: container.name,
    Image: imageName(container),
    ImageID: short(stored.image?.id ?? ''),
    Command: commandText(container, isWhole),
    Labels: goMap(stored.spec.labels),
    Label: (key: unknown) => stored.spec.labels[String(key)] ?? '',
    Created: goTime(stored.createdAt),
    CreatedAt: goTime(stored.createdAt).toString(),
    CreatedHuman: agoText(stored.createdAt),
    RunningFor: agoText(stored.createdAt),
    State: stateText(container),
    Status: listedStatusText(listed),
    Ports: portsText(network),
    Networks: networkNames(container).join(','),
    Restarts: String(container.record.restartCount),
    Size: sizeText(listed),
  })
}

/** One member of `ps --format json`. */
export function jsonRow(listed: ListedContainer): object {
  const { container, size } = listed
  const { stored } = container
  return {
    ...commonFields(listed),
    Id: container.id,
    Names: [container.name],
    Image: imageName(container),
    ImageID: stored.image?.id ?? '',
    Command: commandWords(container),
    Labels: Object.keys(stored.spec.labels).length === 0 ? null : goMap(stored.spec.labels),
    Created: seconds(stored.createdAt),
    CreatedAt: agoText(stored.createdAt),
    State: stateText(container),
    Status: listedStatusText(listed),
    Namespaces: jsonNamespaces(listed),
    Networks: networkNames(container),
    Ports: jsonPorts(listed),
    Restarts: container.record.restartCount,
    Size: size === undefined ? null : { rootFsSize: size.rootBytes, rwSize: size.writtenBytes },
  }
}

function commonFields({ container, podName }: ListedContainer) {
  const { stored, live } = container
  return {
    AutoRemove: stored.spec.isAutoRemoved,
    CIDFile: stored.spec.cidFile ?? '',
    Exited: live.status === 'exited',
    ExitedAt: live.status === 'exited' ? seconds(live.finishedAt) : never,
    ExitCode: live.status === 'exited' ? live.exitCode : 0,
    ExposedPorts: jsonExposed(container),
    IsInfra: stored.spec.pod?.role === 'infra',
    Mounts: stored.spec.mounts.mounts.map((mount) => mount.destination),
    Pid: isAlive(live) ? live.pid : 0,
    Pod: stored.spec.pod?.id ?? '',
    PodName: podName,
    StartedAt: live.status === 'created' ? never : seconds(live.startedAt),
  }
}

/** Of bridges alone, as podman. */
function networkNames(container: ListedContainer['container']): string[] {
  return attachmentsOf(container).map(({ network }) => network)
}

function jsonPorts({ network }: ListedContainer): object[] | null {
  const { ports } = network
  if (ports.length === 0) return null
  return ports.map(({ hostAddress, port, hostPort, count, protocol }) => ({
    host_ip: hostAddress,
    container_port: port,
    host_port: hostPort,
    range: count,
    protocol,
  }))
}

function jsonExposed({ stored }: ListedContainer['container']): object | null {
  const { exposed } = networkFacetOf(stored.spec)
  if (exposed.length === 0) return null
  const protocols: Record<string, string[]> = {}
  for (const { port, protocol } of exposed) protocols[port] = [...(protocols[port] ?? []), protocol]
  return goMap(protocols)
}

const namespaceFields = {
  Cgroup: 'cgroup',
  IPC: 'ipc',
  MNT: 'mnt',
  NET: 'net',
  PIDNS: 'pid',
  User: 'user',
  UTS: 'uts',
} as const satisfies Readonly<Record<string, NamespaceKind>>

function templateNamespaces({ namespaces }: ListedContainer): Record<string, string> {
  const entries = Object.entries(namespaceFields)
  return Object.fromEntries(entries.map(([field, kind]) => [field, namespaces?.[kind] ?? '']))
}

function jsonNamespaces({ namespaces }: ListedContainer) {
  if (namespaces === undefined) return {}
  const { mnt, cgroup, ipc, net, pid, uts, user } = namespaces
  const members = { Mnt: mnt, Cgroup: cgroup, Ipc: ipc, Net: net, Pidns: pid, Uts: uts, User: user }
  return Object.fromEntries(Object.entries(members).filter(([, number]) => number !== ''))
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000)
}
