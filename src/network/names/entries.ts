// aardvark-dns's file of a network: the addresses to listen on in the first line, then a line a container. Pure.

export interface NameEntry {
  readonly container: string
  readonly ipv4: readonly string[]
  readonly ipv6: readonly string[]
  readonly names: readonly string[]
  /** Asked for what is no container, instead of the host's. */
  readonly servers: readonly string[]
}

export interface NameServer {
  /** The network's gateways. */
  readonly listens: readonly string[]
  /** Of the network. */
  readonly servers: readonly string[]
}

export interface EntryChange {
  readonly container: string
  readonly entry: NameEntry | undefined
}

/** `text`: the file before. Entries of `container` are replaced by `entry`, or go away. Empty when nobody is left. */
export function changeEntries(text: string, server: NameServer, change: EntryChange | undefined): string {
  const others = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '' && (change === undefined || !line.startsWith(`${change.container} `)))
  const lines = change?.entry === undefined ? others : [...others, printEntry(change.entry)]
  return lines.length === 0 ? '' : `${[printServer(server), ...lines].join('\n')}\n`
}

function printServer({ listens, servers }: NameServer): string {
  return servers.length === 0 ? listens.join(',') : `${listens.join(',')} ${servers.join(',')}`
}

function printEntry({ container, ipv4, ipv6, names, servers }: NameEntry): string {
  const words = [container, ipv4.join(','), ipv6.join(','), names.join(',')]
  return [...words, ...(servers.length === 0 ? [] : [servers.join(',')])].join(' ')
}
