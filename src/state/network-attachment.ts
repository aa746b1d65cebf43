// A container's place in a network, as asked for. Kept with the container: what `network connect` and `disconnect` change.

export interface NetworkAttachment {
  /** The network's name. */
  readonly network: string
  /** Asked for; of others the network leases some. */
  readonly addresses: readonly string[]
  readonly mac?: string
  /** Names for the DNS server of the network, beside the container's own. */
  readonly aliases: readonly string[]
  /** Inside; `eth0` and so on unless said. */
  readonly interfaceName?: string
  /** Driver's own: `mtu`, … */
  readonly options?: Readonly<Record<string, string>>
}
