// A macvlan or ipvlan interface: made on its parent, which stays where it is, and born in the container's namespace.

import { EngineError, errnoOf } from '../../base/errors.ts'
import { defaultRouteInterface } from '../../os/default-route.ts'
import { addLink, findLink, type LinkFacts, type LinkKind, removeLink, setLink } from '../../os/links.ts'
import { inNetworkNamespace, networkNamespaceFd } from '../../os/network-namespace.ts'
import { conflict } from '../conflict.ts'
import { ipvlanModes, macvlanModes } from '../record/driver-options.ts'
import { type NetworkRecord, numberOption } from '../record/network-record.ts'
import type { AttachRequest } from './attach.ts'
import { openNamespace } from './open-namespace.ts'

/** @throws conflict `network-parent-missing`, `network-parent-refused`, `network-interface-in-use`; unsupported `network-driver-unsupported` */
export function makeUnderlying({ network, namespace, name, hostName, mac, mtu }: AttachRequest): void {
  const parent = parentOf(network)
  const size = mtu ?? numberOption(network, 'mtu')
  checkMtu(network, parent, size)
  const own = { ...(size === undefined ? {} : { mtu: size }), ...(mac === undefined ? {} : { mac }) }
  using target = openNamespace(namespace)
  // The kernel refuses a name that an interface of ours has, though the new one comes to lie elsewhere: eth0 is taken on most hosts.
  removeLink(hostName)
  try {
    addLink({ name: hostName, ...own, namespaceFd: target.fd, kind: kindOf(network, parent.index) })
  } catch (error) {
    throw refusal(network, parent, error)
  }
  inNetworkNamespace(namespace, () => rename(hostName, name))
}

/** Why the kernel does not put up the interface, once it is made, or does not take its address. */
export function underlyingRefusal(network: NetworkRecord, error: unknown): unknown {
  if (errnoOf(error) !== 'EADDRINUSE') return error
  const address = network.driver === 'macvlan' ? 'MAC' : 'IP'
  return refused(network, parentOf(network), { reason: `the ${address} address is taken there` })
}

export function interfaceTaken(name: string): EngineError {
  return conflict('network-interface-in-use', `interface ${name} already exists in the container`)
}

function rename(from: string, to: string): void {
  const made = findLink(from)
  if (made === undefined) throw new Error(`interface ${from} vanished`)
  try {
    setLink(made.index, { name: to })
  } catch (error) {
    removeLink(from)
    throw errnoOf(error) === 'EEXIST' ? interfaceTaken(to) : error
  }
}

function kindOf({ driver, options = {} }: NetworkRecord, parent: number): LinkKind {
  const mode = options['mode']
  if (driver === 'ipvlan')
    return { kind: 'ipvlan', parent, mode: ipvlanModes[(mode ?? 'l2') as keyof typeof ipvlanModes] }
  const limit = options['bclim']
  return {
    kind: 'macvlan',
    parent,
    mode: macvlanModes[(mode ?? 'bridge') as keyof typeof macvlanModes],
    ...(limit === undefined ? {} : { broadcastLimit: Number(limit) }),
  }
}

/** The interface of the default route, where none is named. */
function parentOf({ name, network_interface: wanted }: NetworkRecord): LinkFacts {
  const usual = defaultRouteInterface()
  const parent = wanted === undefined || wanted === '' ? usual : wanted
  const isHost = networkNamespaceFd() === -1
  // In an ordinary user's network pasta's interface goes by the name of the host's, and leads nowhere from a macvlan.
  const isFound = parent !== undefined && (isHost || parent !== usual)
  const link = isFound ? findLink(parent) : undefined
  if (link !== undefined) return link
  throw conflict(
    'network-parent-missing',
    parent === undefined
      ? `no default route gives network ${name} a parent interface`
      : `parent interface ${parent} of network ${name} does not exist`,
    isHost
      ? 'Name one: network create --opt parent=INTERFACE'
      : "An ordinary user's networks do not see the host's interfaces: do it as root, or use --network pasta",
  )
}

/** An ipvlan interface may be larger than its parent. */
function checkMtu({ name, driver }: NetworkRecord, parent: LinkFacts, mtu: number | undefined): void {
  if (driver !== 'macvlan' || mtu === undefined || mtu <= parent.mtu) return
  throw conflict(
    'network-parent-refused',
    `mtu ${mtu} of network ${name} is more than that of its parent ${parent.name}, ${parent.mtu}`,
    `Give the parent a larger one: ip link set ${parent.name} mtu ${mtu}`,
  )
}

function refusal(network: NetworkRecord, parent: LinkFacts, error: unknown): unknown {
  switch (errnoOf(error)) {
    case 'EOPNOTSUPP':
    case 'ENODEV':
      return new EngineError({
        kind: 'unsupported',
        code: 'network-driver-unsupported',
        message: `this kernel has no ${network.driver} interfaces`,
        cause: error,
      })
    case 'EBUSY':
      return refused(network, parent, {
        reason: 'it is in use otherwise',
        hint: 'An interface carries either macvlan or ipvlan, and neither as a port of a bridge',
      })
    case 'EINVAL':
      return refused(network, parent, {
        reason: 'it is no Ethernet interface, or mode passthru keeps it to one container',
        hint: 'List interfaces with: ip link',
      })
    default:
      return error
  }
}

interface Refusal {
  readonly reason: string
  readonly hint?: string
}

function refused({ driver, name }: NetworkRecord, { name: parent }: LinkFacts, { reason, hint }: Refusal): EngineError {
  return conflict(
    'network-parent-refused',
    `parent ${parent} takes no ${driver} interface of network ${name}: ${reason}`,
    hint,
  )
}
