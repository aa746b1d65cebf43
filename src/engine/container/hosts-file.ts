// A container's /etc/hosts. Pure, but for the base file.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import { openRoot, readInRoot } from './root-folder.ts'

export interface HostEntry {
  readonly address: string
  readonly names: readonly string[]
}

export interface HostsRequest {
  /** As --add-host has them. */
  readonly added: readonly string[]
  readonly base: readonly HostEntry[]
  /** Of host.containers.internal; empty for none. */
  readonly hostAddress: string
  readonly own: readonly HostEntry[]
}

/** What the user and the base file say comes first, and wins. @throws invalid `host-invalid` */
export function hostsFile({ added, base, hostAddress, own }: HostsRequest): string {
  const given = [...added.map((text) => parseAdded(text, hostAddress)), ...base]
  const known = new Set(given.flatMap(({ names }) => names))
  const internal = { address: hostAddress, names: ['host.containers.internal', 'host.docker.internal'] }
  const ours = [
    { address: '127.0.0.1', names: ['localhost'] },
    { address: '::1', names: ['localhost'] },
    ...(hostAddress === '' ? [] : [internal]),
    ...own,
  ]
  const fresh = ours.map(({ address, names }) => ({ address, names: names.filter((name) => !known.has(name)) }))
  return [...given, ...fresh.filter(({ names }) => names.length > 0)].map(printEntry).join('')
}

/** Comments and lines without a name are left out. */
export function parseHosts(text: string): HostEntry[] {
  return text.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/s, '').trim().split(/\s+/)
    return address === undefined || names.length === 0 ? [] : [{ address, names }]
  })
}

/** `none`, `image` (the container's own, below `rootfs`), or a path; empty is the host's. @throws ENOENT for a named one */
export function readBaseHosts(wanted: string, rootfs: string): HostEntry[] {
  if (wanted === 'none') return []
  if (wanted === 'image') return parseHosts(imagesHosts(rootfs))
  if (wanted !== '') return parseHosts(readFileSync(wanted, 'utf8'))
  return parseHosts(absentAsUndefined(() => readFileSync('/etc/hosts', 'utf8')) ?? '')
}

/** Empty where it is no file of the root's own. */
function imagesHosts(rootfs: string): string {
  using root = openRoot(rootfs)
  return readInRoot(root, '/etc/hosts') ?? ''
}

function parseAdded(text: string, hostAddress: string): HostEntry {
  const at = text.indexOf(':')
  const [names, address] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  if (address !== 'host-gateway') return { address, names: names.split(';') }
  if (hostAddress !== '') return { address: hostAddress, names: names.split(';') }
  throw invalid(
    'host-invalid',
    `unable to replace "host-gateway" of host entry ${JSON.stringify(text)}: host containers internal IP address is empty`,
  )
}

function printEntry({ address, names }: HostEntry): string {
  return `${address}\t${names.join(' ')}\n`
}
