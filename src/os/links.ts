// Network interfaces, addresses and routes, by rtnetlink, in the namespace that we are in. One call is one conversation with the
// kernel and starts no program: `ip -batch` would have to be started once for the host and once for the container.

import { errnoOf } from '../base/errors.ts'
import {
  attribute,
  type NetlinkMessage,
  nestedAttribute,
  netlinkFlags,
  netlinkProtocols,
  readAttributes,
  talkNetlink,
  textAttribute,
  uint8Attribute,
  uint16Attribute,
  uint32Attribute,
} from './netlink.ts'

const types = { newLink: 16, deleteLink: 17, getLink: 18, setLink: 19, newAddress: 20, getAddress: 22, newRoute: 24 }
const link = { address: 1, name: 3, mtu: 4, under: 5, master: 10, info: 18, namespaceFd: 28, bridgeSpec: 26 }
const bridgeFamily = 7
const isUp = 1

export interface LinkFacts {
  readonly index: number
  readonly name: string
  readonly mac: string
  readonly mtu: number
  /** `bridge`, `veth`, `macvlan`, …; empty for hardware and loopback. */
  readonly kind: string
  readonly isUp: boolean
}

export interface NewLink {
  readonly name: string
  readonly mtu?: number
  readonly mac?: string
  readonly isUp?: boolean
  /** Index of the bridge that it is a port of. */
  readonly master?: number
  readonly kind: LinkKind
  /** Where it comes to lie, if not here. */
  readonly namespaceFd?: number
}

export type LinkKind =
  | { readonly kind: 'bridge'; readonly isVlanAware: boolean }
  /** The peer is down: the kernel opens none before both are there. */
  | { readonly kind: 'veth'; readonly peer: Omit<NewLink, 'kind' | 'master' | 'isUp'> }
  | { readonly kind: 'macvlan'; readonly parent: number; readonly mode: number; readonly broadcastLimit?: number }
  | { readonly kind: 'ipvlan'; readonly parent: number; readonly mode: number }
  | { readonly kind: 'vlan'; readonly parent: number; readonly id: number }
  | { readonly kind: 'dummy' }

/** @throws EEXIST when the name is taken; EOPNOTSUPP or ENODEV where the kernel has no such kind */
export function addLink(wanted: NewLink): void {
  talk([
    {
      type: types.newLink,
      flags: netlinkFlags.create | netlinkFlags.excl,
      body: linkBody({ flags: wanted.isUp === true ? isUp : 0 }),
      attributes: [...linkAttributes(wanted), kindAttribute(wanted.kind)],
    },
  ])
}

export interface LinkChange {
  readonly isUp?: boolean
  /** 0 takes it out of its bridge. */
  readonly master?: number
  readonly mtu?: number
  readonly mac?: string
  readonly name?: string
}

export function setLink(index: number, change: LinkChange): void {
  const flags = change.isUp === undefined ? {} : { flags: change.isUp ? isUp : 0, change: isUp }
  const body = linkBody({ index, ...flags })
  talk([{ type: types.setLink, body, attributes: linkAttributes(change) }])
}

/** Idempotent. */
export function removeLink(name: string): void {
  try {
    talk([{ type: types.deleteLink, body: linkBody({}), attributes: [textAttribute(link.name, name)] }])
  } catch (error) {
    if (errnoOf(error) !== 'ENODEV') throw error
  }
}

/** Undefined where there is none of the name. */
export function findLink(name: string): LinkFacts | undefined {
  try {
    const [answer] = talk([{ type: types.getLink, body: linkBody({}), attributes: [textAttribute(link.name, name)] }])
    return answer === undefined ? undefined : linkFacts(answer.body)
  } catch (error) {
    if (errnoOf(error) === 'ENODEV') return undefined
    throw error
  }
}

export function listLinks(): LinkFacts[] {
  const request = { type: types.getLink, flags: netlinkFlags.dump, body: linkBody({}), attributes: [] }
  return talk([request]).map(({ body }) => linkFacts(body))
}

/** The bridge may send frames back out of the port `index` that they came in by. */
export function setHairpin(index: number): void {
  const mode = nestedAttribute(5, [uint8Attribute(4, 1)])
  const info = nestedAttribute(link.info, [textAttribute(4, 'bridge'), mode])
  talk([{ type: types.newLink, body: linkBody({ index }), attributes: [info] }])
}

export interface FoundAddress {
  /** Of its interface. */
  readonly index: number
  /** 4 or 16. */
  readonly bytes: Buffer
  readonly prefix: number
}

/** Of all interfaces, those without a carrier among them (`os.networkInterfaces` leaves out an idle bridge). */
export function listAddresses(): FoundAddress[] {
  const request = { type: types.getAddress, flags: netlinkFlags.dump, body: Buffer.alloc(8), attributes: [] }
  return talk([request]).flatMap(({ body }) => {
    const attributes = readAttributes(body, 8)
    const bytes = attributes.get(2) ?? attributes.get(1)
    return bytes === undefined ? [] : [{ index: body.readUInt32LE(4), prefix: body.readUInt8(1), bytes }]
  })
}

/** Frames of the bridge port `index` belong to the VLAN, untagged outside of the bridge; `isBridge`: the bridge itself. */
export function setPortVlan(index: number, vlan: number, isBridge: boolean): void {
  const info = Buffer.alloc(4)
  info.writeUInt16LE(2 | 4, 0)
  info.writeUInt16LE(vlan, 2)
  const members = [...(isBridge ? [uint16Attribute(0, 2)] : []), attribute(2, info)]
  const body = linkBody({ family: bridgeFamily, index })
  talk([{ type: types.setLink, body, attributes: [nestedAttribute(link.bridgeSpec, members)] }])
}

export interface NewAddress {
  readonly index: number
  /** 4 or 16 bytes. */
  readonly bytes: Buffer
  readonly prefix: number
  readonly broadcast?: Buffer
}

/** Usable at once: no duplicate is looked for. Idempotent. */
export function addAddresses(addresses: readonly NewAddress[]): void {
  talk(
    addresses.map(({ index, bytes, prefix, broadcast }) => {
      const body = Buffer.alloc(8)
      body.writeUInt8(familyOf(bytes), 0)
      body.writeUInt8(prefix, 1)
      body.writeUInt32LE(index, 4)
      const noDuplicateCheck = familyOf(bytes) === 10 ? [uint32Attribute(8, 2)] : []
      const extra = [...(broadcast === undefined ? [] : [attribute(4, broadcast)]), ...noDuplicateCheck]
      const attributes = [attribute(2, bytes), attribute(1, bytes), ...extra]
      return { type: types.newAddress, flags: netlinkFlags.create | netlinkFlags.replace, body, attributes }
    }),
  )
}

export interface NewRoute {
  /** Of nothing and prefix 0: the default route. */
  readonly destination: Buffer
  readonly prefix: number
  readonly gateway?: Buffer
  readonly index?: number
  readonly metric?: number
}

/** One that is there already, also by another interface, stays. */
export function addRoute(route: NewRoute): void {
  try {
    talk([routeMessage(types.newRoute, netlinkFlags.create | netlinkFlags.excl, route)])
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}

function routeMessage(type: number, flags: number, route: NewRoute): NetlinkMessage {
  const { destination, prefix, gateway, index, metric } = route
  const body = Buffer.alloc(12)
  const scope = gateway === undefined ? 253 : 0
  body.set([familyOf(destination), prefix, 0, 0, 254, 4, scope, 1])
  return {
    type,
    flags,
    body,
    attributes: [
      ...(prefix === 0 ? [] : [attribute(1, destination)]),
      ...(gateway === undefined ? [] : [attribute(5, gateway)]),
      ...(index === undefined ? [] : [uint32Attribute(4, index)]),
      ...(metric === undefined ? [] : [uint32Attribute(6, metric)]),
    ],
  }
}

function talk(messages: readonly NetlinkMessage[]) {
  return messages.length === 0 ? [] : talkNetlink(netlinkProtocols.route, messages)
}

function familyOf(address: Buffer): number {
  return address.length === 4 ? 2 : 10
}

interface LinkHead {
  readonly family?: number
  readonly index?: number
  readonly flags?: number
  readonly change?: number
}

function linkBody({ family = 0, index = 0, flags = 0, change = flags }: LinkHead): Buffer {
  const body = Buffer.alloc(16)
  body.writeUInt8(family, 0)
  body.writeInt32LE(index, 4)
  body.writeUInt32LE(flags, 8)
  body.writeUInt32LE(change, 12)
  return body
}

function linkAttributes(wanted: Omit<LinkChange, 'isUp'> & { readonly namespaceFd?: number }): Buffer[] {
  const { name, mtu, mac, master, namespaceFd } = wanted
  return [
    ...(name === undefined ? [] : [textAttribute(link.name, name)]),
    ...(mtu === undefined ? [] : [uint32Attribute(link.mtu, mtu)]),
    ...(mac === undefined ? [] : [attribute(link.address, Buffer.from(mac.replaceAll(':', ''), 'hex'))]),
    ...(master === undefined ? [] : [uint32Attribute(link.master, master)]),
    ...(namespaceFd === undefined ? [] : [uint32Attribute(link.namespaceFd, namespaceFd)]),
  ]
}

function kindAttribute(kind: LinkKind): Buffer {
  const under = 'parent' in kind ? [uint32Attribute(link.under, kind.parent)] : []
  const info = nestedAttribute(link.info, [textAttribute(1, kind.kind), nestedAttribute(2, kindData(kind))])
  return Buffer.concat([...under, info])
}

function kindData(kind: LinkKind): Buffer[] {
  switch (kind.kind) {
    case 'bridge':
      return kind.isVlanAware ? [uint8Attribute(7, 1)] : []
    case 'veth':
      return [attribute(1, Buffer.concat([linkBody({}), ...linkAttributes(kind.peer)]))]
    case 'macvlan':
      return [
        uint32Attribute(1, kind.mode),
        ...(kind.broadcastLimit === undefined ? [] : [uint32Attribute(9, kind.broadcastLimit)]),
      ]
    case 'ipvlan':
      return [uint16Attribute(1, kind.mode)]
    case 'vlan':
      return [uint16Attribute(1, kind.id)]
    case 'dummy':
      return []
  }
}

function linkFacts(body: Buffer): LinkFacts {
  const attributes = readAttributes(body, 16)
  const text = (bytes: Buffer | undefined) => bytes?.toString('utf8').replace(/\0.*$/s, '') ?? ''
  const info = attributes.get(link.info)
  return {
    index: body.readInt32LE(4),
    name: text(attributes.get(link.name)),
    mac: [...(attributes.get(link.address) ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
    mtu: attributes.get(link.mtu)?.readUInt32LE(0) ?? 0,
    isUp: (body.readUInt32LE(8) & isUp) !== 0,
    kind: info === undefined ? '' : text(readAttributes(info).get(1)),
  }
}
