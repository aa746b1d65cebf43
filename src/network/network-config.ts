// What containers.conf decides of networks: [network], and of [containers] and [engine] what concerns them.

export interface SubnetPool {
  readonly base: string
  readonly size: number
}

export interface NetworkConfig {
  readonly defaultNetwork: string
  readonly defaultSubnet: string
  readonly subnetPools: readonly SubnetPool[]
  /** Of the name server. */
  readonly dnsPort: number
  /** Where aardvark-dns, pasta and slirp4netns are looked for before PATH. */
  readonly helperFolders: readonly string[]
  /** What connects an ordinary user's containers. */
  readonly rootlessCommand: 'pasta' | 'slirp4netns'
  readonly pastaOptions: readonly string[]
  readonly slirpOptions: readonly string[]
  /** `device`: an interface of macvlan and ipvlan is called as its parent. */
  readonly interfaceName: string
  readonly hostInternalAddress: string
  readonly baseHostsFile: string
  readonly hasHosts: boolean
  readonly hasHostname: boolean
  readonly dnsServers: readonly string[]
  readonly dnsSearches: readonly string[]
  readonly dnsOptions: readonly string[]
  /** [containers] netns: the mode where nothing is said. */
  readonly mode: string
}
