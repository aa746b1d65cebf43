// The PORTS column of ps: what is published, then what is only exposed; neighbours as ranges.

import { type ExposedPort, type NetworkFacet, type PortMapping } from '../../spec/network.ts'
import { unpublished } from '../../spec/ports.ts'

export function portsText({ ports, exposed }: Pick<NetworkFacet, 'ports' | 'exposed'>): string {
  return [...ports.map(publishedText), ...exposedTexts(unpublished(exposed, ports))].join(', ')
}

function publishedText({ hostAddress, hostPort, port, count, protocol }: PortMapping): string {
  const range = (first: number) => (count > 1 ? `${first}-${first + count - 1}` : String(first))
  return `${hostAddress || '0.0.0.0'}:${range(hostPort)}->${range(port)}/${protocol}`
}

function exposedTexts(exposed: readonly ExposedPort[]): string[] {
  const sorted = exposed.toSorted((a, b) =>
    a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1,
  )
  const ranges: { protocol: string; first: number; last: number }[] = []
  for (const { port, protocol } of sorted) {
    const range = ranges.at(-1)
    if (range?.protocol === protocol && range.last === port - 1) range.last = port
    else ranges.push({ protocol, first: port, last: port })
  }
  return ranges.map(({ protocol, first, last }) => `${first === last ? first : `${first}-${last}`}/${protocol}`)
}
