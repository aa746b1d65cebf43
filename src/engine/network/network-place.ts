// The engine's networks, as src/network wants to be told of them.

import type { NetworkPlace } from '../../network/network-place.ts'
import { rootlessNamespace } from '../../network/uplink/rootless-network.ts'
import type { Engine } from '../engine.ts'

/** Starts nothing: an ordinary user's namespace may not be there yet. */
export function networkPlace({ at, settings, patience, report }: Engine): NetworkPlace {
  const bridges = settings.isRootless ? rootlessNamespace(at) : undefined
  return { at, config: settings.network, patience, report, bridges }
}
