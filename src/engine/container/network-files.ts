// /etc/hosts and /etc/resolv.conf of a container, made from the host's.

import { readFileSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'

/** The host's entries, then the container's own names where it has a network of its own. */
export function hostsFile({ namespaces }: CompleteSpec, names: readonly string[]): string {
  const base = readHost('/etc/hosts')
  const lines = base.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  const known = new Set(lines.flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1)))
  const localhost = known.has('localhost') ? [] : ['127.0.0.1\tlocalhost', '::1\tlocalhost']
  const isOwn = namespaces.network.kind === 'none' || namespaces.network.kind === 'private'
  const own = isOwn ? [`127.0.0.1\t${[...new Set(names)].join(' ')}`] : []
  return `${[...lines, ...localhost, ...own].join('\n')}\n`
}

/** systemd-resolved's stub listens where only the host's own network namespace reaches it: then its upstream servers. */
export function resolvConf({ namespaces }: CompleteSpec): string {
  const text = readHost('/etc/resolv.conf')
  if (namespaces.network.kind === 'host') return text
  const isStub = /^nameserver\s+127\.0\.0\.53\s*$/m.test(text)
  const upstream = isStub
    ? absentAsUndefined(() => readFileSync('/run/systemd/resolve/resolv.conf', 'utf8'))
    : undefined
  const lines = (upstream ?? text).split('\n').filter((line) => !/^\s*nameserver\s+(127\.|::1\b)/.test(line))
  return lines.join('\n')
}

function readHost(path: string): string {
  return absentAsUndefined(() => readFileSync(path, 'utf8')) ?? ''
}
