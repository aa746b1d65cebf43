// What is left of containers' networks, though no container has a run folder for it: leases, pinned namespaces. Found by listing.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { listLeases, networksWithLeases, releaseLeases } from '../../network/address/lease.ts'
import { unpinNamespace } from '../../os/network-namespace.ts'
import { type Layout, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkNetworks({ at }: Engine): Problem[] {
  return [
    ...abandonedLeases(at).map(({ network, container, address }) => ({
      code: 'lease-left',
      message: `address ${address} of network ${network} is leased to container ${container.slice(0, 12)}, which has not started`,
      heal: () => releaseLeases(at, network, container),
    })),
    ...abandonedNamespaces(at).map((path) => ({
      code: 'network-namespace-left',
      message: `'${path}' belongs to no container that runs`,
      heal: () => unpinNamespace(path),
    })),
  ]
}

/** Idempotent. */
export function sweepNetworks(engine: Engine): void {
  for (const { heal } of checkNetworks(engine)) heal?.()
}

interface LeftLease {
  readonly network: string
  readonly container: string
  readonly address: string
}

/** A start has its run folder before its leases. */
function abandonedLeases(at: Layout): LeftLease[] {
  return networksWithLeases(at).flatMap((network) =>
    listLeases(at, network)
      .filter(({ container }) => !existsSync(paths.runContainer(at, container)))
      .map((lease) => ({ network, ...lease })),
  )
}

function abandonedNamespaces(at: Layout): string[] {
  const names = absentAsUndefined(() => readdirSync(paths.networkNamespaces(at))) ?? []
  const isAbandoned = (name: string) => {
    const id = /^(?:netns|userns)-([0-9a-f]{64})$/.exec(name)?.[1]
    return id !== undefined && !existsSync(paths.runContainer(at, id))
  }
  return names.filter(isAbandoned).map((name) => join(paths.networkNamespaces(at), name))
}
