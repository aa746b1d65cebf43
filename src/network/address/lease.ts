// Addresses of containers: a symbolic link an address below $RUN, named after it, whose text is the container's id and the boot's: made and
// filled in one step, so that no kill leaves one of nobody's. The network's lock is held for all that changes them; a lease of another
// boot, or of a container that has no run folder, is none.

import { existsSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError, errnoOf, invalid } from '../../base/errors.ts'
import { type IpAddress, isInSubnet, lastOf, parseIp, printIp } from '../../base/ip-address.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { bootId } from '../../os/boot-id.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { ipamDriver, type NetworkRecord, type ParsedSubnet, subnetsOf } from '../record/network-record.ts'

export interface Lease {
  readonly address: string
  readonly container: string
}

export interface LeasedAddress {
  readonly address: IpAddress
  readonly prefix: number
  readonly gateway: IpAddress | undefined
}

export interface LeaseRequest {
  readonly container: string
  /** Asked for; of each subnet that none of them is in one is chosen. */
  readonly addresses: readonly string[]
}

/** One a subnet. @throws invalid `address-invalid`; conflict `address-in-use`; unavailable `address-none-free` */
export function takeLeases(at: Layout, network: NetworkRecord, request: LeaseRequest): LeasedAddress[] {
  if (ipamDriver(network) !== 'host-local') return []
  makeFolders(paths.leases(at, network.name), 0o700)
  const subnets = subnetsOf(network)
  const wanted = request.addresses.map((text) => placeOf(text, network, subnets))
  const last = readLast(at, network.name)
  const leased = subnets.map((parsed, index) => {
    const asked = wanted.find(({ subnet }) => subnet === parsed)
    const own = { at, network, container: request.container }
    const address = asked === undefined ? nextFree(own, parsed, last[index]) : takeAsked(own, parsed, asked.address)
    return { address, prefix: parsed.subnet.prefix, gateway: parsed.gateway, isAsked: asked !== undefined }
  })
  const next = leased.map(({ address, isAsked }, index) => (isAsked ? (last[index] ?? '') : printIp(address)))
  writeFileSync(paths.lastLease(at, network.name), next.join('\n'))
  return leased.map(({ address, prefix, gateway }) => ({ address, prefix, gateway }))
}

/** Idempotent. Needs no lock: nobody but the container's own verbs removes its leases. */
export function releaseLeases(at: Layout, network: string, container: string): void {
  for (const lease of listLeases(at, network)) {
    if (lease.container === container) removeFile(join(paths.leases(at, network), lease.address))
  }
}

/** Lock-free. */
export function listLeases(at: Layout, network: string): Lease[] {
  const folder = paths.leases(at, network)
  return (absentAsUndefined(() => readdirSync(folder)) ?? []).flatMap((address) => {
    const container = leaseHolder(join(folder, address))
    return container === undefined ? [] : [{ address, container }]
  })
}

/** Names of networks that have, or had, leases in this boot. */
export function networksWithLeases(at: Layout): string[] {
  return absentAsUndefined(() => readdirSync(paths.runNetworks(at))) ?? []
}

function leaseHolder(path: string): string | undefined {
  const text = absentAsUndefined(() => readlinkSync(path))
  return text?.split('.', 1)[0]
}

interface Place {
  readonly address: IpAddress
  readonly subnet: ParsedSubnet
}

/** @throws invalid `address-invalid` where no subnet of the network holds it */
export function placeOf(text: string, network: NetworkRecord, subnets: readonly ParsedSubnet[]): Place {
  const address = parseIp(text)
  const subnet = address === undefined ? undefined : subnets.find((one) => isInSubnet(address, one.subnet))
  if (address !== undefined && subnet !== undefined) return { address, subnet }
  throw invalid('address-invalid', `requested static ip ${text} not in any subnet on network ${network.name}`)
}

interface Owner {
  readonly at: Layout
  readonly network: NetworkRecord
  readonly container: string
}

function takeAsked(owner: Owner, parsed: ParsedSubnet, address: IpAddress): IpAddress {
  const isGateway = parsed.gateway?.value === address.value
  if (!isGateway && tryTake(owner, address)) return address
  const text = printIp(address)
  throw new EngineError({
    kind: 'conflict',
    code: 'address-in-use',
    message: `IPAM error: requested ip address ${text} is already allocated${isGateway ? ': it is the gateway' : ''}`,
  })
}

/** The one after the last that was given, so that an address rests before it is somebody else's; around to the beginning. */
function nextFree(owner: Owner, parsed: ParsedSubnet, last: string | undefined): IpAddress {
  const { first, end } = rangeOf(parsed)
  const { family } = parsed.subnet.base
  const before = last === undefined || last === '' ? undefined : parseIp(last)
  const isUsable = before !== undefined && before.family === family && before.value >= first && before.value < end
  const start = isUsable ? before.value + 1n : first
  for (const [from, to] of [
    [start, end],
    [first, start - 1n],
  ] as const) {
    for (let value = from; value <= to; value += 1n) {
      const address = { family, value }
      if (parsed.gateway?.value !== value && tryTake(owner, address)) return address
    }
  }
  throw new EngineError({
    kind: 'unavailable',
    code: 'address-none-free',
    message: `IPAM error: failed to find free IP in range: ${printIp({ family, value: first })} - ${printIp({ family, value: end })}`,
  })
}

/** Without the subnet's own address, and IPv4's broadcast. */
function rangeOf({ subnet, first, last }: ParsedSubnet): { first: bigint; end: bigint } {
  const { family, value } = subnet.base
  const top = lastOf(subnet).value
  return {
    first: first?.value ?? value + (value === top ? 0n : 1n),
    end:
      last?.value === undefined || (family === 4 && last.value === top)
        ? top - (family === 4 && value !== top ? 1n : 0n)
        : last.value,
  }
}

function tryTake(owner: Owner, address: IpAddress): boolean {
  const path = join(paths.leases(owner.at, owner.network.name), printIp(address))
  return tryWrite(path, owner.container) || (isStale(owner.at, path) && retake(path, owner.container))
}

function tryWrite(path: string, container: string): boolean {
  try {
    symlinkSync(`${container}.${bootId()}`, path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

function isStale(at: Layout, path: string): boolean {
  const [container = '', boot] = (absentAsUndefined(() => readlinkSync(path)) ?? '').split('.')
  return boot !== bootId() || !existsSync(paths.runContainer(at, container))
}

function retake(path: string, container: string): boolean {
  removeFile(path)
  return tryWrite(path, container)
}

function readLast(at: Layout, network: string): string[] {
  return (absentAsUndefined(() => readFileSync(paths.lastLease(at, network), 'utf8')) ?? '').split('\n')
}
