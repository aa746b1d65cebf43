// The engine's networks, as src/network wants to be told of them.

import type { NetworkPlace } from '../../network/network-place.ts'
import { rootlessNamespace } from '../../network/uplink/uplink-record.ts'
import { moveSharedHelper } from '../container/scopes.ts'
import type { Engine } from '../engine.ts'

/** Starts nothing: an ordinary user's namespace may not be there yet. */
export function networkPlace(engine: Engine): NetworkPlace {
  const { at, settings, patience, report } = engine
  const bridges = settings.isRootless ? rootlessNamespace(at) : undefined
  const outliveSession = async (name: string, pids: readonly number[]) => moveSharedHelper(engine, name, pids)
  return { at, config: settings.network, patience, report, bridges, outliveSession }
}
