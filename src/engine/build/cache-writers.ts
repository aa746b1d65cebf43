// Where --cache-to says: a target for each step's key.

import type { Reference } from '../../image/reference.ts'
import { blobPlaces } from '../../transport/blob-places.ts'
import type { ImageTarget } from '../../transport/image-target.ts'
import { layoutTarget } from '../../transport/layout-target.ts'
import { registryTarget } from '../../transport/registry/target.ts'
import type { Engine } from '../engine.ts'
import { neighboursIn } from '../image/neighbours.ts'
import {
  type OpenedRegistry,
  openRegistrySession,
  type RegistryAccess,
  type RegistrySession,
} from '../image/registry-session.ts'
import { type CacheDestination, labelOf } from './cache-place.ts'

export interface CacheWriter {
  readonly label: string
  readonly isOptional: boolean
  /** @throws what opening throws */
  open(tag: string): Promise<ImageTarget>
}

export interface CacheWriters extends AsyncDisposable {
  readonly writers: readonly CacheWriter[]
}

/** Connects to nobody yet. */
export async function openWriters(
  engine: Engine,
  destinations: readonly CacheDestination[],
  access: RegistryAccess,
): Promise<CacheWriters> {
  const session = await openRegistrySession(engine, access)
  const writers = destinations.map(({ place, isOptional }): CacheWriter => {
    const open =
      place.kind === 'registry'
        ? registryWriter(engine, session, place.repository)
        : async (tag: string) => layoutTarget({ folder: place.folder, name: tag, packing: 'keep' })
    return { label: labelOf(place), isOptional, open }
  })
  return { writers, [Symbol.asyncDispose]: async () => session[Symbol.asyncDispose]() }
}

/** One connection, with what is known of the registry's blobs, for all steps. */
function registryWriter(engine: Engine, session: RegistrySession, repository: Reference): CacheWriter['open'] {
  let opening: Promise<OpenedRegistry> | undefined
  const places = blobPlaces(engine.at)
  return async (tag) => {
    const endpoint = session.destination({ ...repository, tag })
    opening ??= session.open(endpoint)
    const opened = { ...(await opening), reference: endpoint.reference }
    return registryTarget({ ...opened, neighbourWith: neighboursIn(engine.at, opened.reference), places })
  }
}
