// The way in to an ordinary user's bridges where pasta is the way out: it takes ports only when it starts, so each container with published
// ports has a pasta more, with an interface of its own in the user's network. From there the firewall takes packets on, as it does on
// root's host, and clients keep their address. What answers is marked, and goes back by the interface that the question came in by.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { findLink, setLink } from '../../os/links.ts'
import { removeMark, routeMarked } from '../../os/marked-route.ts'
import { inNetworkNamespace, setSysctl } from '../../os/network-namespace.ts'
import type { PortMapping } from '../../spec/network.ts'
import { paths } from '../../state/layout.ts'
import { entranceMark } from '../firewall/entrances.ts'
import type { NetworkPlace } from '../network-place.ts'
import { endHelper, type HelperProcess, isHelperAlive } from './helper-process.ts'
import { namespaceAddresses } from './host-address.ts'
import { processIn, runPasta } from './pasta.ts'
import { entranceArguments } from './pasta-arguments.ts'
import { rootlessNamespace } from './uplink-record.ts'

export interface EntranceRequest {
  readonly container: string
  /** See entranceOf. */
  readonly name: string
  readonly ports: readonly PortMapping[]
  /** Of the container. */
  readonly addresses: readonly string[]
}

/** The user's network is there. @throws not-found `network-helper-missing`; unavailable `pasta-failed` */
export async function openEntrance(place: NetworkPlace, request: EntranceRequest): Promise<HelperProcess[]> {
  const { container, name } = request
  const namespace = rootlessNamespace(place.at)
  const own = inNetworkNamespace(namespace, namespaceAddresses)
  const pidFile = pidFileOf(place, container)
  const ports = listening(request)
  const isWanted = (address: string) => ports.some((one) => isIpv6(one.hostAddress) === isIpv6(address))
  const argv = entranceArguments({ name, ports, addresses: firstOfEach(own.filter(isWanted)), namespace, pidFile })
  const helpers = await runPasta(place, argv, pidFile)
  inNetworkNamespace(namespace, () => furnish(name))
  return helpers
}

/** One that the kernel holds fast is not waited for any longer: the container is locked. */
const endingMs = 5000

/** Idempotent. Resolves when the ports are free again. */
export async function closeEntrance(place: NetworkPlace, container: string, name: string): Promise<void> {
  const helper = runningEntrance(place, container)
  if (helper !== undefined) {
    endHelper(helper)
    // It is not our child: nothing tells of its end.
    const deadline = Date.now() + endingMs
    while (isHelperAlive(helper) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const namespace = rootlessNamespace(place.at)
  if (existsSync(namespace)) inNetworkNamespace(namespace, () => removeMark(entranceMark(name)))
}

/** By the file that it wrote itself: a start that was killed has written nothing down. */
function runningEntrance(place: NetworkPlace, container: string): HelperProcess | undefined {
  const pidFile = pidFileOf(place, container)
  const [helper] = processIn(pidFile)
  if (helper === undefined) return undefined
  const command = absentAsUndefined(() => readFileSync(`/proc/${helper.pid}/cmdline`, 'utf8')) ?? ''
  return command.split('\0').includes(pidFile) ? helper : undefined
}

function pidFileOf({ at }: NetworkPlace, container: string): string {
  return join(paths.runContainer(at, container), 'pasta.pid')
}

function furnish(name: string): void {
  const link = findLink(name)
  if (link === undefined) throw entranceMissing(name)
  // Clients' addresses lie behind the uplink's interface; and the greater of these two counts.
  for (const one of ['all', name]) setSysctl(`net/ipv4/conf/${one}/rp_filter`, '0')
  setSysctl(`net/ipv6/conf/${name}/accept_dad`, '0')
  setSysctl(`net/ipv6/conf/${name}/accept_ra`, '0')
  setLink(link.index, { isUp: true, mtu: 65_520 })
  routeMarked(entranceMark(name), link.index)
}

/**
 * A port of no address is one of IPv4, where the container has that: pasta hands what comes to ::1 to ::1 in the namespace, and from there
 * the kernel lets nothing on. A connection would be taken, and never answered. @throws unsupported `port-address-unsupported`
 */
function listening({ ports, addresses }: EntranceRequest): PortMapping[] {
  if (ports.some(({ hostAddress }) => hostAddress === '::1')) {
    throw new EngineError({
      kind: 'unsupported',
      code: 'port-address-unsupported',
      message: "pasta cannot publish ports of an ordinary user's network at [::1]",
      hint: 'Publish at 127.0.0.1, or from a container that pasta connects: --network pasta',
    })
  }
  const anywhere = addresses.every(isIpv6) ? '::' : '0.0.0.0'
  return ports.map((mapping) => ({ ...mapping, hostAddress: mapping.hostAddress || anywhere }))
}

/** pasta takes one address a family. */
function firstOfEach(addresses: readonly string[]): string[] {
  return [addresses.find((one) => !isIpv6(one)), addresses.find(isIpv6)].flatMap((one) => one ?? [])
}

function isIpv6(address: string): boolean {
  return address.includes(':')
}

function entranceMissing(name: string): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'pasta-failed',
    message: `pasta ended at once, and its interface ${name} with it`,
  })
}
