// The network of a container that is to be made: the way where none was named, networks by their names, ports chosen.

import { invalid } from '../../base/errors.ts'
import { randomIndex } from '../../base/random.ts'
import { placeOf } from '../../network/address/lease.ts'
import { subnetsOf } from '../../network/record/network-record.ts'
import { findNetwork } from '../../network/record/store.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { NetworkMode } from '../../spec/namespaces.ts'
import { canPublish, type ExposedPort, type NetworkFacet, networkFacetOf } from '../../spec/network.ts'
import { defaultNetworkAlias, parseNetworks } from '../../spec/network-text.ts'
import { parseExpose } from '../../spec/port-text.ts'
import { completePorts } from '../../spec/ports.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import type { Engine } from '../engine.ts'
import { usedHostPorts } from '../network/host-ports.ts'

/** Of containers that name none: as containers.conf's netns says, else a bridge for root and a helper for others. */
export function defaultNetworkMode({ settings }: Pick<Engine, 'settings'>): NetworkMode {
  const { mode, attachments } = parseNetworks([settings.network.mode])
  if (mode !== undefined && (mode.kind !== 'bridge' || attachments[0]?.network === defaultNetworkAlias)) return mode
  if (!settings.isRootless) return { kind: 'bridge' }
  return { kind: settings.network.rootlessCommand, options: [] }
}

const firstRandomPort = 32768

/** @throws not-found `network-unknown`; invalid `port-invalid`, `network-invalid`, `address-invalid` */
export function resolveNetwork(engine: Engine, spec: ContainerSpec, exposedByImage: readonly string[]): ContainerSpec {
  const facet = networkFacetOf(spec)
  const mode = modeOf(engine, spec, facet)
  const exposed = unique([...exposedByImage.flatMap(parseExpose), ...facet.exposed])
  const isPublishing = facet.ports.length > 0 || facet.isAllPublished
  if (isPublishing && !canPublish(mode) && mode.kind !== 'container') warnDiscarded(engine)
  const ports = canPublish(mode) ? choosePorts(engine, { ...facet, exposed }) : []
  const attachments = mode.kind === 'bridge' ? resolveAttachments(engine, facet.attachments) : []
  const network = { ...facet, exposed, ports: mode.kind === 'container' ? facet.ports : ports, attachments }
  return { ...spec, namespaces: { ...spec.namespaces, network: mode }, network }
}

/** --ip and the like are of a bridge; ordinary users get one by naming it. */
function modeOf(engine: Engine, { namespaces }: ContainerSpec, facet: NetworkFacet): NetworkMode {
  if (namespaces.network !== undefined) return namespaces.network
  const mode = defaultNetworkMode(engine)
  const [attachment] = facet.attachments
  if (mode.kind === 'bridge' || attachment === undefined) return mode
  const { addresses, mac, aliases } = attachment
  const what = addresses.length > 0 ? '--ip' : mac === undefined ? '--network-alias' : '--mac-address'
  if (addresses.length > 0 || mac !== undefined || aliases.length > 0) {
    throw invalid('network-invalid', `${what} can only be set when the network mode is bridge: invalid argument`)
  }
  return mode
}

/** With a port of the host's for each that names none. */
export function choosePorts(engine: Engine, facet: NetworkFacet) {
  const needsChoice = facet.isAllPublished || facet.ports.some(({ hostPort }) => hostPort === 0)
  if (!needsChoice) return completePorts(facet, { isFree: () => true, randomPort: () => 0 })
  const used = usedHostPorts(engine)
  return completePorts(facet, {
    isFree: ({ port, count, protocol }) =>
      Array.from({ length: count }, (_, index) => `${protocol} ${port + index}`).every((key) => !used.has(key)),
    // Where the kernel, too, takes ports from that nobody named.
    randomPort: () => firstRandomPort + randomIndex(60999 - firstRandomPort),
  })
}

function resolveAttachments({ at, settings }: Engine, asked: readonly NetworkAttachment[]): NetworkAttachment[] {
  const { defaultNetwork } = settings.network
  const wanted = asked.length === 0 ? [{ network: defaultNetwork, addresses: [], aliases: [] }] : asked
  return wanted.map((attachment) => {
    const word = attachment.network === defaultNetworkAlias ? defaultNetwork : attachment.network
    const network = findNetwork(at, settings.network, word)
    const subnets = subnetsOf(network)
    for (const text of attachment.addresses) placeOf(text, network, subnets)
    if (attachment.aliases.length > 0 && !network.dns_enabled) {
      throw invalid(
        'network-invalid',
        `cannot set network aliases for network ${JSON.stringify(network.name)} because dns is disabled: invalid argument`,
      )
    }
    return { ...attachment, network: network.name }
  })
}

function warnDiscarded({ report }: Engine): void {
  const modes = 'one of the Host, Container, Pod, and None network modes are in use'
  report({ type: 'notice', message: `Port mappings have been discarded as ${modes}` })
}

function unique(exposed: readonly ExposedPort[]): ExposedPort[] {
  return [...new Map(exposed.map((one) => [`${one.port}/${one.protocol}`, one])).values()]
}
