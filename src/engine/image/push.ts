// An image of the store to a registry, an archive or a folder.

import { existsSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { parseReference, printReference, withDefaultTag } from '../../image/reference.ts'
import { keptSignatures } from '../../transport/copy-signatures.ts'
import { copyToTarget, type OutwardOptions } from '../../transport/copy-to-target.ts'
import { storeSource } from '../../transport/store-source.ts'
import { writeDockerArchive } from '../../transport/write-archive.ts'
import type { Engine } from '../engine.ts'
import { writeOutput } from './archive-output.ts'
import { type Destination, parseDestination } from './destination.ts'
import { defaultFormat, type TargetOptions, withTarget } from './outward-target.ts'
import { pinImages } from './pin-images.ts'
import { type ResolvedImage, resolveImage } from './resolve.ts'
import { openSigners, type SigningRequest } from './signing.ts'

export interface PushOptions extends TargetOptions, OutwardOptions {
  readonly signing?: SigningRequest
}

export interface PushedImage {
  /** What the manifest has at the destination; a docker-archive has none. */
  readonly digest: Digest | undefined
}

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

async function pushTo(engine: Engine, { image, destination }: Job, options: PushOptions): Promise<PushedImage> {
  const signers = await openSigners(options.signing, destination)
  await using source = storeSource(engine.at, image.record, image.name ?? image.record.id)
  if (destination.kind === 'docker-archive') {
    const way = { source, target: { label: `docker-archive:${destination.path}` }, options, report: engine.report }
    await keptSignatures(way, image.record.manifestDigest)
    return await pushToDockerArchive(engine, image, destination)
  }
  return await withTarget(engine, { destination, options }, async (target) =>
    copyToTarget(engine, { source, target }, { ...options, signers, ...defaultFormat(destination.kind, options) }),
  )
}

async function pushToDockerArchive(
  engine: Engine,
  image: ResolvedImage,
  { path, name }: Exclude<Destination, { kind: 'docker' }>,
): Promise<PushedImage> {
  if (existsSync(path)) {
    throw new EngineError({
      kind: 'conflict',
      code: 'save-target-exists',
      message: `docker-archive doesn't support modifying existing images: '${path}' exists`,
      hint: 'Name a file that does not exist.',
    })
  }
  const names = name === undefined ? [] : [printReference(withDefaultTag(parseReference(name)))]
  engine.report({ type: 'step', message: 'Getting image source signatures' })
  await writeOutput({ kind: 'path', path }, false, async (sink) =>
    writeDockerArchive(engine.at, [{ record: image.record, names }], sink),
  )
  engine.report({ type: 'step', message: 'Writing manifest to image destination' })
  return { digest: undefined }
}
