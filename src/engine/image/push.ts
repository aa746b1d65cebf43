// An image of the store to a registry, an archive or a folder.

import { copyToTarget, type OutwardCopy, type OutwardOptions } from '../../transport/copy-to-target.ts'
import { storeSource } from '../../transport/store-source.ts'
import type { Engine } from '../engine.ts'
import { type Destination, parseDestination } from './destination.ts'
import { optionsAt, type TargetOptions, withTarget } from './outward-target.ts'
import { pinImages } from './pin-images.ts'
import { type ResolvedImage, resolveImage } from './resolve.ts'

export interface PushOptions extends TargetOptions, OutwardOptions {}

/**
 * Idempotent: a push that broke off or was killed is continued by the next, which sends only what is missing. An image whose manifest needs
 * no change has the same digest there.
 * @throws not-found `image-unknown`; denied; unavailable; corrupt `blob-missing`, `blob-damaged`; conflict `save-target-exists`
 */
export async function push(
  engine: Engine,
  what: { image: string; destination: string },
  options: PushOptions,
): Promise<OutwardCopy> {
  const image = await resolveImage(engine, what.image)
  const destination = parseDestination(what.destination)
  using _pin = await pinImages(engine, [image.record])
  // As podman: also of a push that fails.
  const event = { type: 'image', status: 'push', id: image.record.id, name: what.destination } as const
  try {
    return await pushTo(engine, { image, destination }, options)
  } finally {
    engine.events.append(event)
  }
}

interface Job {
  readonly image: ResolvedImage
  readonly destination: Destination
}

async function pushTo(engine: Engine, { image, destination }: Job, options: PushOptions): Promise<OutwardCopy> {
  await using source = storeSource(engine.at, image.record, image.name ?? image.record.id)
  return await withTarget(engine, { destination, options }, async (target) =>
    copyToTarget(engine, { source, target }, optionsAt(destination.kind, options)),
  )
}
