// What a manifest calls status.podIP: known only when the pod has its network, and perhaps another one each time.

import { readContainerNetwork } from '../../network/container-network.ts'
import type { OciConfig } from '../../spec/oci-config.ts'
import { podAddressMark } from '../../spec/pod.ts'
import type { Layout } from '../../state/layout.ts'
import { localAddress } from './network-facts.ts'
import { readStoredContainer, type StoredContainer } from './stored-container.ts'

/** The first one, IPv4's before IPv6's, wherever the words of the process speak of it. Whose network is set up. */
export function withPodAddress(
  { at }: { readonly at: Layout },
  container: StoredContainer,
  config: OciConfig,
): OciConfig {
  const address = podAddress(at, container)
  const filled = (words: readonly string[]) => words.map((word) => word.replaceAll(podAddressMark, address))
  const { process } = config
  return { ...config, process: { ...process, args: filled(process.args), env: filled(process.env) } }
}

/** The host's where the pod has no interfaces of its own; empty without a network. */
function podAddress(at: Layout, { id, stored }: StoredContainer): string {
  const { network } = stored.spec.namespaces
  const owner = network.kind === 'container' ? readStoredContainer(at, network.id) : undefined
  const addresses = (readContainerNetwork(at, owner?.id ?? id)?.interfaces ?? []).flatMap((one) =>
    one.addresses.map(({ address }) => address),
  )
  const first = addresses.find((address) => !address.includes(':')) ?? addresses[0]
  const mode = owner === undefined ? network.kind : owner.stored.spec.namespaces.network.kind
  return first ?? (mode === 'none' || mode === 'private' ? '' : (localAddress() ?? ''))
}
