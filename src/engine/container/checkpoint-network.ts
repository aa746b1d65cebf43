// network.status of a checkpoint, in podman's form: the addresses that a container had in its networks, for its restore to get them again.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject } from '../../image/bounded-json.ts'
import { readContainerNetwork } from '../../network/container-network.ts'
import { replaceFile } from '../../os/atomic-file.ts'
import { checkpointFiles, paths } from '../../state/layout.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import type { Engine } from '../engine.ts'
import { attachmentsOf } from './network-attachments.ts'
import type { StoredContainer } from './stored-container.ts'

/** The container's lock is held, and its network up. */
export function saveNetworkStatus({ at }: Engine, id: string): void {
  const interfaces = readContainerNetwork(at, id)?.interfaces ?? []
  const status = Object.fromEntries(
    interfaces.map(({ network, name, mac, addresses }) => {
      const subnets = addresses.map(({ address, prefix, gateway }) => ({ ipnet: `${address}/${prefix}`, gateway }))
      return [network, { interfaces: { [name]: { subnets, mac_address: mac } } }]
    }),
  )
  replaceFile(statusPath(at, id), JSON.stringify(status), { durable: false })
}

export interface AddressWishes {
  readonly ignoresAddresses: boolean
  readonly ignoresMacs: boolean
}

/** The container's networks, with what it had in them when it was checkpointed in place of what it asks for at a start. */
export function networksAsBefore(
  { at }: Engine,
  container: StoredContainer,
  { ignoresAddresses, ignoresMacs }: AddressWishes,
): NetworkAttachment[] {
  const status = readStatus(statusPath(at, container.id))
  return attachmentsOf(container).map((attachment) => {
    const [found] = Object.entries(interfacesOf(status[attachment.network]))
    const { mac: _, ...rest } = attachment
    if (found === undefined) return attachment
    const [interfaceName, { addresses, mac }] = found
    return {
      ...rest,
      interfaceName,
      addresses: ignoresAddresses ? [] : addresses,
      ...(ignoresMacs || mac === undefined ? {} : { mac }),
    }
  })
}

/** For good. */
export function withoutStatic(
  attachments: readonly NetworkAttachment[],
  { ignoresAddresses, ignoresMacs }: AddressWishes,
): NetworkAttachment[] {
  return attachments.map(({ mac, addresses, ...rest }) => ({
    ...rest,
    addresses: ignoresAddresses ? [] : addresses,
    ...(ignoresMacs || mac === undefined ? {} : { mac }),
  }))
}

function statusPath(at: Engine['at'], id: string): string {
  return join(paths.criu(at, id), checkpointFiles.network)
}

/** It may come from an archive: only what is of its form counts. */
function readStatus(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {}
  const status: unknown = JSON.parse(readFileSync(path, 'utf8'))
  return isObject(status) ? status : {}
}

interface FoundInterface {
  readonly addresses: readonly string[]
  readonly mac: string | undefined
}

function interfacesOf(block: unknown): Record<string, FoundInterface> {
  const interfaces = isObject(block) ? block['interfaces'] : undefined
  if (!isObject(interfaces)) return {}
  return Object.fromEntries(Object.entries(interfaces).map(([name, one]) => [name, interfaceOf(one)]))
}

function interfaceOf(one: unknown): FoundInterface {
  const { subnets, mac_address: mac } = isObject(one) ? one : {}
  const addresses = (Array.isArray(subnets) ? subnets : []).flatMap((subnet: unknown) => {
    const { ipnet } = isObject(subnet) ? subnet : {}
    return typeof ipnet === 'string' ? [ipnet.replace(/\/\d+$/, '')] : []
  })
  return { addresses, mac: typeof mac === 'string' ? mac : undefined }
}
