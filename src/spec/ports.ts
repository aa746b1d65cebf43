// Published ports of a container that is being made: neighbours joined into ranges, free ports of the host chosen for those that name none.

import { EngineError, invalid } from '../base/errors.ts'
import type { ExposedPort, NetworkFacet, PortMapping, PortProtocol } from './network.ts'

/** Whether nobody uses `count` ports of the host from `port` on, and none is asked for by another mapping. */
export type IsFree = (wanted: {
  readonly port: number
  readonly count: number
  readonly protocol: PortProtocol
}) => boolean

export interface PortChoice {
  readonly isFree: IsFree
  readonly randomPort: () => number
}

/** @throws invalid `port-invalid`; unavailable `port-none-free` */
export function completePorts(facet: NetworkFacet, choice: PortChoice): PortMapping[] {
  const named = joinRanges(facet.ports.filter(({ hostPort }) => hostPort !== 0))
  named.forEach(checkLength)
  const open = facet.ports.filter(({ hostPort }) => hostPort === 0)
  const published = [...named]
  for (const mapping of joinRanges(open)) published.push(withFreePort(mapping, { ...choice, taken: published }))
  if (!facet.isAllPublished) return published
  for (const exposed of facet.exposed) {
    if (published.some((mapping) => isCovered(exposed, mapping))) continue
    const mapping = { ...exposed, hostAddress: '', hostPort: 0, count: 1 }
    published.push(withFreePort(mapping, { ...choice, taken: published }))
  }
  return published
}

/** Of the ports a container exposes, those that are not published. */
export function unpublished(exposed: readonly ExposedPort[], ports: readonly PortMapping[]): ExposedPort[] {
  return exposed.filter((one) => !ports.some((mapping) => isCovered(one, mapping)))
}

export function isCovered({ port, protocol }: ExposedPort, mapping: PortMapping): boolean {
  return protocol === mapping.protocol && port >= mapping.port && port < mapping.port + mapping.count
}

/** Sorted by the host's port; duplicates and direct neighbours become one. */
function joinRanges(mappings: readonly PortMapping[]): PortMapping[] {
  const key = ({ hostAddress, protocol, hostPort, port }: PortMapping) =>
    `${hostAddress} ${protocol} ${String(hostPort).padStart(5, '0')} ${String(port).padStart(5, '0')}`
  const joined: PortMapping[] = []
  for (const mapping of mappings.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))) {
    const last = joined.at(-1)
    const longer = last === undefined ? undefined : join(last, mapping)
    if (longer === undefined) joined.push(mapping)
    else joined[joined.length - 1] = longer
  }
  return joined
}

function join(a: PortMapping, b: PortMapping): PortMapping | undefined {
  if (a.hostAddress !== b.hostAddress || a.protocol !== b.protocol) return undefined
  const step = b.port - a.port
  if (step < 0 || step > a.count) return undefined
  const isAligned = a.hostPort === 0 ? step < a.count && b.hostPort === 0 : b.hostPort - a.hostPort === step
  if (isAligned) return { ...a, count: Math.max(a.count, step + b.count) }
  if (a.hostPort === 0 || b.hostPort >= a.hostPort + a.count) return undefined
  throw invalid(
    'port-invalid',
    `conflicting port mappings for host port ${b.hostPort} (protocol ${b.protocol}): invalid argument`,
  )
}

function checkLength({ hostPort, port, count }: PortMapping): void {
  if (port + count - 1 > 65535) {
    throw invalid('port-invalid', 'container port range exceeds maximum allowable port number')
  }
  if (hostPort + count - 1 > 65535)
    throw invalid('port-invalid', 'host port range exceeds maximum allowable port number')
}

const attempts = 100

function withFreePort(
  mapping: PortMapping,
  { isFree, randomPort, taken }: PortChoice & { readonly taken: readonly PortMapping[] },
): PortMapping {
  const { count, protocol, port } = mapping
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const hostPort = randomPort()
    if (hostPort + count - 1 > 65535) continue
    const isTaken = taken.some(
      (other) =>
        other.protocol === protocol && hostPort < other.hostPort + other.count && other.hostPort < hostPort + count,
    )
    if (!isTaken && isFree({ port: hostPort, count, protocol })) return { ...mapping, hostPort }
  }
  const range = count > 1 ? `with range ${count} ` : ''
  throw new EngineError({
    kind: 'unavailable',
    code: 'port-none-free',
    message: `failed to find an open port to expose container port ${port} ${range}on the host`,
  })
}
