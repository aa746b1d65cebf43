// What a user typed → one volume: its name, or the beginning of only one. Reads only, takes no lock.

import { EngineError, invalid } from '../../base/errors.ts'
import { isVolumeName } from '../../volume/volume-name.ts'
import type { VolumeRecord } from '../../volume/volume-record.ts'
import { readVolume, volumeNames } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'

/** @throws not-found `volume-unknown`; invalid `volume-ambiguous` */
export function findVolume({ at }: Pick<Engine, 'at'>, text: string): VolumeRecord {
  const exact = readVolume(at, text)
  if (exact !== undefined) return exact
  const names = isVolumeName(text) ? volumeNames(at).filter((name) => name.startsWith(text)) : []
  if (names.length > 1) {
    throw invalid('volume-ambiguous', `more than one result for volume name ${text}: volume already exists`)
  }
  const found = names[0] === undefined ? undefined : readVolume(at, names[0])
  if (found === undefined) throw volumeUnknown(text)
  return found
}

export function volumeUnknown(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'volume-unknown',
    message: `no volume with name ${JSON.stringify(name)} found: no such volume`,
  })
}

export function isVolumeUnknown(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'volume-unknown'
}
