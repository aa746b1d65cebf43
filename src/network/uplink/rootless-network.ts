// An ordinary user's bridges lie in a network namespace of their own, pinned below $RUN, whose way out is pasta or slirp4netns, as configured
// and installed. It comes with the first container that needs it and goes with the last; the uplink's lock guards both.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { setLink } from '../../os/links.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { inNetworkNamespace, makeNetworkNamespace, unpinNamespace } from '../../os/network-namespace.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { PortMapping } from '../../spec/network.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import { currentSchema } from '../../state/record.ts'
import { listLeases, networksWithLeases } from '../address/lease.ts'
import { findHelper } from '../find-helper.ts'
import type { NetworkPlace } from '../network-place.ts'
import { endHelper, isHelperAlive } from './helper-process.ts'
import { hostAddressBehind, namespaceAddresses } from './host-address.ts'
import { startPasta } from './pasta.ts'
import { slirpOptions } from './slirp-options.ts'
import { addForwards, removeForwards, startSlirp } from './slirp4netns.ts'
import { readUplink, rootlessNamespace, saveUplink, type Uplink } from './uplink-record.ts'

/**
 * Makes the namespace if it is not there, and lets slirp4netns forward the ports into it; pasta wants an entrance for them (entrance.ts).
 * @throws as slirp4netns and pasta do
 */
export async function joinRootlessNetwork(place: NetworkPlace, ports: readonly PortMapping[]): Promise<Uplink> {
  using _lock = await lockUplink(place)
  const uplink = await ensureUplink(place)
  if (uplink.kind === 'slirp4netns') {
    // From there the firewall takes them on, by the same number.
    const forwarded = ports.map((mapping) => ({ ...mapping, port: mapping.hostPort }))
    await addForwards(socketOf(place.at), slirpOptions([]).address, forwarded)
  }
  return uplink
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
  makeFolders(paths.rootlessNetwork(at), 0o700)
  makeNetworkNamespace(rootlessNamespace(at))
  try {
    inNetworkNamespace(rootlessNamespace(at), () => setLink(1, { isUp: true }))
    const uplink = await startUplink(place)
    saveUplink(at, uplink)
    const pids = uplink.helpers.map(({ pid }) => pid)
    await place.outliveSession(uplink.kind, pids)
    return uplink
  } catch (error) {
    takeDown(at)
    throw error
  }
}

async function startUplink(place: NetworkPlace): Promise<Uplink> {
  const isThere = (program: string) => findHelper(place.config, program) !== undefined
  const isSlirpWanted = place.config.rootlessCommand === 'slirp4netns' || !isThere('pasta')
  if (isSlirpWanted && isThere('slirp4netns')) return slirpUplink(place)
  try {
    return await pastaUplink(place)
  } catch (error) {
    // Of a host without a way out pasta has no address to give.
    if (!(error instanceof EngineError) || error.code !== 'pasta-failed' || !isThere('slirp4netns')) throw error
    return slirpUplink(place)
  }
}

async function slirpUplink(place: NetworkPlace): Promise<Uplink> {
  const { at, config } = place
  const options = slirpOptions(config.slirpOptions.filter((option) => !option.startsWith('port_handler')))
  const helpers = await startSlirp(place, { options, namespace: rootlessNamespace(at), socket: socketOf(at) })
  return { schema: currentSchema, kind: 'slirp4netns', helpers }
}

async function pastaUplink(place: NetworkPlace): Promise<Uplink> {
  const { at, config } = place
  const namespace = rootlessNamespace(at)
  const pidFile = join(paths.rootlessNetwork(at), 'pasta.pid')
  const { helpers, hostAddresses } = await startPasta(place, {
    options: config.pastaOptions,
    ports: [],
    namespace,
    pidFile,
  })
  const hostAddress = hostAddressBehind(inNetworkNamespace(namespace, namespaceAddresses), hostAddresses)
  return { schema: currentSchema, kind: 'pasta', helpers, hostAddress }
}

function takeDown(at: Layout): void {
  for (const helper of readUplink(at)?.helpers ?? []) endHelper(helper)
  if (existsSync(rootlessNamespace(at))) unpinNamespace(rootlessNamespace(at))
  removeTree(paths.rootlessNetwork(at))
}

function socketOf(at: Layout): string {
  return join(paths.rootlessNetwork(at), 'api')
}
