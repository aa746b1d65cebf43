// What connects an ordinary user's bridges, for those who only want to know.

import { join } from 'node:path'
import { type Layout, paths } from '../../state/layout.ts'
import { readRecord, type Versioned, writeRecord } from '../../state/record.ts'
import type { HelperProcess } from '../container-network.ts'

export interface Uplink extends Versioned {
  readonly kind: 'pasta' | 'slirp4netns'
  readonly helpers: readonly HelperProcess[]
  /** Of the host, as the bridges' containers reach it; undefined where that is any of its own. */
  readonly hostAddress?: string
}

/** Where the namespace is pinned once it is made. */
export function rootlessNamespace(at: Layout): string {
  return join(paths.rootlessNetwork(at), 'netns')
}

/** Lock-free. */
export function readUplink(at: Layout): Uplink | undefined {
  return readRecord<Uplink>(recordOf(at))
}

/** The uplink's lock is held. */
export function saveUplink(at: Layout, uplink: Uplink): void {
  writeRecord(recordOf(at), uplink, { durable: false })
}

function recordOf(at: Layout): string {
  return join(paths.rootlessNetwork(at), 'uplink.json')
}
