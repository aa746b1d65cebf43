// volume mount and unmount: as many times each. What needs no mounting is where it always is.

import { holderByHand, newHolderByHand } from '../../volume/holders.ts'
import { mountVolume, unmountVolume } from '../../volume/mount-volume.ts'
import { lockVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { announceVolume } from './create.ts'
import { findVolume, volumeUnknown } from './find-volume.ts'
import { pluginAccess } from './plugin-access.ts'

/** Where its content is. @throws not-found `volume-unknown`; unavailable `volume-mount-failed` */
export async function mountByHand(engine: Engine, text: string): Promise<string> {
  const { name } = findVolume(engine, text)
  using locked = await lockVolume(engine.at, name, engine.patience)
  if (locked === undefined) throw volumeUnknown(name)
  const path = await mountVolume(engine.at, locked.record, { holder: newHolderByHand(), plugins: pluginAccess(engine) })
  announceVolume(engine, name, 'mount')
  return path
}

/** Undoes one mountByHand; containers go on with it. Idempotent. @throws not-found `volume-unknown` */
export async function unmountByHand(engine: Engine, text: string): Promise<void> {
  const { name } = findVolume(engine, text)
  using locked = await lockVolume(engine.at, name, engine.patience)
  if (locked === undefined) throw volumeUnknown(name)
  const holder = holderByHand(engine.at, name)
  if (holder !== undefined) await unmountVolume(engine.at, locked.record, { holder, plugins: pluginAccess(engine) })
  announceVolume(engine, name, 'unmount')
}
