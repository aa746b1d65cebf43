// Volumes: their records, what they use and who uses them.

import { existsSync } from 'node:fs'
import { EngineError } from '../../base/errors.ts'
import { readVolume, volumeData, volumeNames } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { dropStaleHolders, staleHolders } from '../volume/stale-holders.ts'
import { volumeUses } from '../volume/volume-use.ts'
import type { Problem } from './problem.ts'

/** A damaged volume is removed by nobody but its owner: what it holds may be all there is. */
export function checkVolumes(engine: Engine): Problem[] {
  const damaged = volumeNames(engine.at).flatMap((name) => checkVolume(engine, name))
  const isDamaged = damaged.length > 0
  return [...damaged, ...(isDamaged ? [] : missingVolumes(engine)), ...(isDamaged ? [] : holders(engine))]
}

function checkVolume({ at }: Engine, name: string): Problem[] {
  const record = stateOf(at, name)
  if (record === 'sound') return []
  return [
    {
      code: 'volume-record-unreadable',
      message: `volume '${name}': its record is ${record}, what it holds lies at '${volumeData(at, name)}'`,
    },
  ]
}

function stateOf(at: Engine['at'], name: string): 'sound' | 'missing' | 'damaged' {
  try {
    // Looked at again: it may be on its way in or out.
    return readVolume(at, name) === undefined && existsSync(volumeData(at, name)) ? 'missing' : 'sound'
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return 'damaged'
    throw error
  }
}

/** An anonymous one is made by the start: see container/claim-volumes.ts. */
function missingVolumes(engine: Engine): Problem[] {
  return [...volumeUses(engine.at)]
    .filter(([name, { isAnonymous }]) => !isAnonymous && readVolume(engine.at, name) === undefined)
    .map(([name, { ids }]) => ({
      code: 'volume-missing',
      message: `volume '${name}' is gone, and container ${ids[0]?.slice(0, 12)} needs it: gantry volume create ${name} makes it anew, empty`,
    }))
}

function holders(engine: Engine): Problem[] {
  return staleHolders(engine).map(({ volume, holder }) => ({
    code: 'volume-held',
    message:
      holder === undefined
        ? `volume '${volume}' is gone, and was mounted`
        : `volume '${volume}' is mounted for container ${holder.slice(0, 12)}, which is gone`,
    heal: async () => dropStaleHolders(engine),
  }))
}
