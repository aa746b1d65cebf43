// $RUN/containers/<id>/network.json: what a start has set up, or was about to, of networks. Written before anything is made, so that
// whoever finds a killed start knows what to take down; and again when all is there, with what others are shown.

import { join } from 'node:path'
import type { PortMapping } from '../spec/network.ts'
import { containerFiles, type Layout, paths } from '../state/layout.ts'
import { readRecord, type Versioned, writeRecord } from '../state/record.ts'

export interface ContainerNetwork extends Versioned {
  readonly kind: 'bridge' | 'pasta' | 'slirp4netns'
  readonly interfaces: readonly ContainerInterface[]
  readonly ports: readonly PortMapping[]
  /** By which its ports come into an ordinary user's bridges: uplink/entrance.ts. */
  readonly entrance?: string
  /** Processes of helpers that end with the container's network. */
  readonly helpers?: readonly HelperProcess[]
}

export interface HelperProcess {
  readonly pid: number
  /** Field 22 of /proc/PID/stat: a pid may be somebody else's by then. */
  readonly startTime: number
}

export interface ContainerInterface {
  readonly network: string
  /** Inside. */
  readonly name: string
  /** Outside: of a bridge's network alone. */
  readonly hostName?: string
  readonly mac?: string
  readonly addresses: readonly InterfaceAddress[]
  /** For the network's name server. */
  readonly aliases: readonly string[]
  /** Where its name server listens. */
  readonly dnsServers: readonly string[]
}

export interface InterfaceAddress {
  readonly address: string
  readonly prefix: number
  readonly gateway?: string
}

/** Undefined where nothing was set up. Lock-free. */
export function readContainerNetwork(at: Layout, id: string): ContainerNetwork | undefined {
  return readRecord<ContainerNetwork>(pathOf(at, id))
}

/** The container's lock is held. Not synced: it speaks of this boot. */
export function saveContainerNetwork(at: Layout, id: string, network: ContainerNetwork): void {
  writeRecord(pathOf(at, id), network, { durable: false })
}

function pathOf(at: Layout, id: string): string {
  return join(paths.runContainer(at, id), containerFiles.run.network)
}
