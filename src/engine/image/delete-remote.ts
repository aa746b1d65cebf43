// An image out of a registry.

import { invalid } from '../../base/errors.ts'
import { deleteManifest } from '../../transport/registry/delete.ts'
import type { Engine } from '../engine.ts'
import { parseDestination } from './destination.ts'
import { openRegistrySession, type RegistryAccess } from './registry-session.ts'

/** `docker://…`. @throws as deleteManifest; invalid `transport-malformed` */
export async function deleteRemote(engine: Engine, text: string, access: RegistryAccess): Promise<void> {
  const place = text.startsWith('docker://') ? parseDestination(text) : undefined
  if (place?.kind !== 'docker') {
    throw invalid('transport-malformed', `'${text.slice(0, 300)}' is no image in a registry: docker://REGISTRY/NAME`)
  }
  await using session = await openRegistrySession(engine, access)
  await deleteManifest(await session.open(session.destination(place.reference)))
}
