// An image of the store to a registry, an archive or a folder.

import { existsSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { parseReference, printReference, withDefaultTag } from '../../image/reference.ts'
import { copyToTarget, type OutwardCopy, type OutwardOptions } from '../../transport/copy-to-target.ts'
import { registryTarget } from '../../transport/registry/target.ts'
import { directoryTarget, ociTarget } from '../../transport/sink-target.ts'
import { storeSource } from '../../transport/store-source.ts'
import { writeDockerArchive } from '../../transport/write-archive.ts'
import type { Engine } from '../engine.ts'
import { writeOutput } from './archive-output.ts'
import { type Destination, parseDestination } from './destination.ts'
import { neighboursIn } from './neighbours.ts'
import { pinImages } from './pin-images.ts'
import { openRegistrySession, type RegistryAccess } from './registry-session.ts'
import { type ResolvedImage, resolveImage } from './resolve.ts'

export interface PushOptions extends RegistryAccess, OutwardOptions {
  /** `dir:`: plain layers are gzipped. */
  readonly areLayersCompressed?: boolean
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

interface Job<D = Destination> {
  readonly image: ResolvedImage
  readonly destination: D
}

type PlaceJob = Job<Exclude<Destination, { kind: 'docker' }>>

async function pushTo(engine: Engine, { image, destination }: Job, options: PushOptions): Promise<PushedImage> {
  if (destination.kind === 'docker') return pushToRegistry(engine, { image, destination }, options)
  if (destination.kind === 'docker-archive') return pushToDockerArchive(engine, { image, destination })
  return pushToPlace(engine, { image, destination }, options)
}

async function pushToRegistry(
  engine: Engine,
  { image, destination }: Job<Destination & { kind: 'docker' }>,
  options: PushOptions,
): Promise<PushedImage> {
  await using session = await openRegistrySession(engine, options)
  const opened = await session.open(session.destination(destination.reference))
  await using target = registryTarget({ ...opened, neighbourWith: neighboursIn(engine.at, opened.reference) })
  await using source = storeSource(engine.at, image.record, labelOf(image))
  return await copyToTarget(engine, { source, target }, options)
}

async function pushToPlace(
  engine: Engine,
  { image, destination }: PlaceJob,
  options: PushOptions,
): Promise<PushedImage> {
  const { kind, path, name } = destination
  let copied: OutwardCopy | undefined
  await writeOutput({ kind: 'path', path }, kind !== 'oci-archive', async (sink) => {
    const place = { label: `${kind}:${path}`, sink }
    const isFolder = kind === 'dir'
    await using target = isFolder
      ? directoryTarget(place, options.areLayersCompressed === true)
      : ociTarget(place, name)
    await using source = storeSource(engine.at, image.record, labelOf(image))
    const format = options.format ?? (isFolder ? undefined : 'oci')
    copied = await copyToTarget(engine, { source, target }, { ...options, ...(format === undefined ? {} : { format }) })
  })
  return { digest: copied?.digest }
}

async function pushToDockerArchive(engine: Engine, { image, destination }: PlaceJob): Promise<PushedImage> {
  const { path, name } = destination
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

function labelOf(image: ResolvedImage): string {
  return image.name ?? image.record.id
}
