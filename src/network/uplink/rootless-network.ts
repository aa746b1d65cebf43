// An ordinary user's bridges lie in a network namespace of their own, pinned below $RUN, whose way out is slirp4netns, or pasta where that
// is not installed. It comes with the first container that needs it and goes with the last; the uplink's lock guards both.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { setLink } from '../../os/links.ts'
import { inNetworkNamespace, makeNetworkNamespace, unpinNetworkNamespace } from '../../os/network-namespace.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { PortMapping } from '../../spec/network.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import { currentSchema, readRecord, type Versioned, writeRecord } from '../../state/record.ts'
import { listLeases, networksWithLeases } from '../address/lease.ts'
import { findHelper } from '../find-helper.ts'
import type { NetworkPlace } from '../network-place.ts'
import { endHelper, type HelperProcess, isHelperAlive } from './helper-process.ts'
import { startPasta } from './pasta.ts'
import { slirpOptions } from './slirp-options.ts'
import { addForwards, removeForwards, startSlirp } from './slirp4netns.ts'

interface Uplink extends Versioned {
  readonly kind: 'pasta' | 'slirp4netns'
  readonly helpers: readonly HelperProcess[]
}

/** Where it is pinned once it is made. */
export function rootlessNamespace(at: Layout): string {
  return join(paths.rootlessNetwork(at), 'netns')
}

/** Makes the namespace if it is not there, and forwards the ports into it. @throws as slirp4netns and pasta do; unsupported `port-needs-slirp` */
export async function joinRootlessNetwork(place: NetworkPlace, ports: readonly PortMapping[]): Promise<void> {
  using _lock = await lockUplink(place)
  const uplink = await ensureUplink(place)
  if (ports.length === 0) return
  if (uplink.kind === 'slirp4netns') {
    // From there the firewall takes them on, by the same number.
    const forwarded = ports.map((mapping) => ({ ...mapping, port: mapping.hostPort }))
    return await addForwards(socketOf(place.at), slirpOptions([]).address, forwarded)
  }
  throw new EngineError({
    kind: 'unsupported',
    code: 'port-needs-slirp',
    message: 'publishing ports of a container in a bridge network needs slirp4netns, which is not installed',
    hint: 'Install it: apt install slirp4netns; or publish from a container that pasta connects: --network pasta',
  })
}

/** Idempotent. Takes the namespace down when nobody is left in it. */
export async function leaveRootlessNetwork(place: NetworkPlace, ports: readonly PortMapping[]): Promise<void> {
  if (!existsSync(paths.rootlessNetwork(place.at))) return
  using _lock = await lockUplink(place)
  const uplink = readUplink(place.at)
  const isUp = uplink?.helpers.every(isHelperAlive) === true
  if (isUp && uplink.kind === 'slirp4netns' && ports.length > 0) await removeForwards(socketOf(place.at), ports)
  const isUsed = networksWithLeases(place.at).some((network) => listLeases(place.at, network).length > 0)
  if (!isUsed) takeDown(place.at)
}

async function lockUplink({ at, patience }: NetworkPlace): Promise<Disposable> {
  return acquireLock({ path: paths.rootlessNetworkLock(at), kind: 'uplink', label: "the user's network" }, patience)
}

async function ensureUplink(place: NetworkPlace): Promise<Uplink> {
  const { at } = place
  const known = readUplink(at)
  if (known?.helpers.every(isHelperAlive) === true && existsSync(rootlessNamespace(at))) return known
  takeDown(at)
  mkdirSync(paths.rootlessNetwork(at), { recursive: true, mode: 0o700 })
  makeNetworkNamespace(rootlessNamespace(at))
  try {
    inNetworkNamespace(rootlessNamespace(at), () => setLink(1, { isUp: true }))
    const uplink = await startUplink(place)
    writeRecord(recordOf(at), uplink, { durable: false })
    const pids = uplink.helpers.map(({ pid }) => pid)
    await place.outliveSession(uplink.kind, pids)
    return uplink
  } catch (error) {
    takeDown(at)
    throw error
  }
}

async function startUplink(place: NetworkPlace): Promise<Uplink> {
  const { at, config } = place
  const namespace = rootlessNamespace(at)
  const schema = currentSchema
  if (findHelper(config, 'slirp4netns') !== undefined) {
    const options = slirpOptions(config.slirpOptions.filter((option) => !option.startsWith('port_handler')))
    const helpers = await startSlirp(place, { options, namespace, socket: socketOf(at) })
    return { schema, kind: 'slirp4netns', helpers }
  }
  const pidFile = join(paths.rootlessNetwork(at), 'pasta.pid')
  const { helpers } = await startPasta(place, { options: config.pastaOptions, ports: [], namespace, pidFile })
  return { schema, kind: 'pasta', helpers }
}

function takeDown(at: Layout): void {
  for (const helper of readUplink(at)?.helpers ?? []) endHelper(helper)
  if (existsSync(rootlessNamespace(at))) unpinNetworkNamespace(rootlessNamespace(at))
  removeTree(paths.rootlessNetwork(at))
}

function readUplink(at: Layout): Uplink | undefined {
  return readRecord<Uplink>(recordOf(at))
}

function recordOf(at: Layout): string {
  return join(paths.rootlessNetwork(at), 'uplink.json')
}

function socketOf(at: Layout): string {
  return join(paths.rootlessNetwork(at), 'api')
}
