// An image of the store to a registry, an archive or a folder.

import { copyToTarget, type OutwardCopy, type OutwardOptions } from '../../transport/copy-to-target.ts'
import { storeSource } from '../../transport/store-source.ts'
import type { Engine } from '../engine.ts'
import { type Destination, parseDestination } from './destination.ts'
import { optionsAt, type TargetOptions, withTarget } from './outward-target.ts'
import { pinImages } from './pin-images.ts'
import { findImage, type ResolvedImage, resolveStored } from './resolve.ts'
import { openSigners, type SigningRequest } from './signing.ts'

export interface PushOptions extends TargetOptions, OutwardOptions {
  readonly signing?: SigningRequest
}

export type PushedImage = Pick<OutwardCopy, 'digest'>

/**
 * Idempotent: a push that broke off or was killed is continued by the next, which sends only what is missing. An image whose manifest needs
 * no change has the same digest there.
 * @throws not-found `image-unknown`; denied; unavailable; corrupt `blob-missing`, `blob-damaged`; conflict `save-target-exists`
 */
export async function push(
  engine: Engine,
  what: { image: string; destination: string },
  options: PushOptions,
): Promise<PushedImage> {
  const image = (await findImage(engine, what.image)) ?? (await resolveStored(engine, what.image))
  if ('list' in image) return pushWhole(engine, what, options)
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

/** As podman: a list goes as such where the store has none of its images for the machine. */
async function pushWhole(
  engine: Engine,
  { image: list, destination }: { image: string; destination: string },
  options: PushOptions,
): Promise<PushedImage> {
  const { pushList } = await import('../manifest/push.ts')
  return { digest: await pushList(engine, { list, destination }, { ...options, selection: 'all' }) }
}

interface Job {
  readonly image: ResolvedImage
  readonly destination: Destination
}

async function pushTo(engine: Engine, { image, destination }: Job, options: PushOptions): Promise<PushedImage> {
  const signers = await openSigners(options.signing, destination)
  await using source = storeSource(engine.at, image.record, image.name ?? image.record.id)
  return await withTarget(engine, { destination, options }, async (target) =>
    copyToTarget(
      engine,
      { source, target },
      { ...optionsAt(destination.kind, options), signers, isSkippedIfThere: true },
    ),
  )
}
