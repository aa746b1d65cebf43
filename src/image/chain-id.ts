// ChainIDs (OCI image spec, config.md): the digest of a layer on top of its parents.

import { type Digest, digestOf } from '../base/digest.ts'

/** One chain id per diff id, lowest first. */
export function chainIds(diffIds: readonly Digest[]): Digest[] {
  const chain: Digest[] = []
  for (const diffId of diffIds) {
    const parent = chain.at(-1)
    chain.push(parent === undefined ? diffId : digestOf(`${parent} ${diffId}`))
  }
  return chain
}
