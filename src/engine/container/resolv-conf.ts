// A container's /etc/resolv.conf: the name servers of its networks, or those that were asked for, or the host's.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'

export interface ResolvRequest {
  /** Whether it is in the host's own network, where all of the host's servers can be reached. */
  readonly isHost: boolean
  readonly hasIpv6: boolean
  /** Of the container's networks: they alone. */
  readonly networkServers: readonly string[]
  /** Of what connects it (pasta, slirp4netns): before the host's. */
  readonly forwarders: readonly string[]
  readonly servers: readonly string[]
  readonly networkSearches: readonly string[]
  /** `.` is none at all. */
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

export function resolvConf(request: ResolvRequest): string {
  const host = parseResolv(hostText(request.isHost))
  const searches = searchesOf(request, host.searches)
  const options = request.options.length > 0 ? request.options : host.options
  return [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...serversOf(request, host.servers).map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n')
}

interface Resolv {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

export function parseResolv(text: string): Resolv {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/[#;].*/s, '')
      .trim()
      .split(/\s+/),
  )
  const words = (keyword: string) => lines.filter(([first]) => first === keyword).map(([, ...rest]) => rest)
  return {
    servers: words('nameserver').flatMap(([server]) => server ?? []),
    searches: words('search').at(-1) ?? [],
    options: words('options').flat(),
  }
}

/** systemd-resolved's stub listens where only the host's own network namespace reaches it: then its upstream servers. */
function hostText(isHost: boolean): string {
  const text = absentAsUndefined(() => readFileSync('/etc/resolv.conf', 'utf8')) ?? ''
  if (isHost || !/^nameserver\s+127\.0\.0\.53\s*$/m.test(text)) return text
  return absentAsUndefined(() => readFileSync('/run/systemd/resolve/resolv.conf', 'utf8')) ?? text
}

/** Google's, as everywhere, for a host that has none but its own. */
const lastResort = ['8.8.8.8', '8.8.4.4']
const lastResortIpv6 = ['2001:4860:4860::8888', '2001:4860:4860::8844']

function serversOf(request: ResolvRequest, host: readonly string[]): readonly string[] {
  const { networkServers, servers, forwarders, isHost, hasIpv6 } = request
  if (networkServers.length > 0) return networkServers
  if (servers.length > 0) return servers
  const usable = isHost ? host : host.filter((server) => !isLoopback(server) && (hasIpv6 || !server.includes(':')))
  const all = [...forwarders, ...usable]
  if (all.length > 0 || isHost) return all
  return hasIpv6 ? [...lastResort, ...lastResortIpv6] : lastResort
}

function isLoopback(server: string): boolean {
  return server.startsWith('127.') || server === '::1'
}

function searchesOf({ searches, networkSearches }: ResolvRequest, host: readonly string[]): readonly string[] {
  if (searches.includes('.')) return []
  if (searches.length > 0) return searches
  return [...new Set([...networkSearches, ...host])]
}
