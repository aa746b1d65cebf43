// What a probe does as a command inside the container, as health checks have it: there is no kubelet that asks from outside.

import type { NetworkProbe, NetworkRequest } from '../../spec/network-probe.ts'
import type { KubeAction, KubeProbeAction } from './read-action.ts'

/** `['CMD', …]` or `['CMD-SHELL', line]`. The line takes what the image has: curl or wget. */
export function shellWordsOf(action: KubeProbeAction): readonly string[] {
  switch (action.kind) {
    case 'exec':
      return ['CMD', ...action.command]
    case 'tcp':
      return ['CMD-SHELL', `nc -z -v ${quoted(action.host ?? 'localhost')} ${action.port} || exit 1`]
    case 'http':
      return ['CMD-SHELL', httpLine(action)]
    case 'grpc':
      return ['CMD', 'grpc_health_probe', `-addr=localhost:${action.port}`, `-service=${action.service}`]
  }
}

/** What needs no program of the image's; undefined for a command. */
export function networkProbeOf(action: KubeProbeAction): NetworkProbe | undefined {
  if (action.kind === 'exec') return undefined
  if (action.kind === 'grpc') return action
  return requestOf(action)
}

/** An empty host is none. */
export function requestOf({ host, ...rest }: Exclude<KubeAction, { kind: 'exec' }>): NetworkRequest {
  return host ? { ...rest, host } : rest
}

/** As with the kubelet, nobody vouches for a certificate. */
function httpLine({ scheme, host = 'localhost', port, path, headers }: Extract<KubeAction, { kind: 'http' }>): string {
  const url = quoted(`${scheme}://${host}:${port}${path}`)
  const all = headers.map(([name, value]) => quoted(`${name}: ${value}`))
  const curl = ['curl', '-f', ...(scheme === 'https' ? ['-k'] : []), ...all.flatMap((one) => ['-H', one]), url]
  const wget = ['wget', '-q', '-O', '/dev/null', ...all.flatMap((one) => ['--header', one]), url]
  return `if command -v curl > /dev/null; then ${curl.join(' ')}; else ${wget.join(' ')}; fi || exit 1`
}

function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
