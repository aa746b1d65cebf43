// A place that an image is copied from, opened for reading: a registry, an archive, a folder, or our store.

import { EngineError, invalid } from '../../base/errors.ts'
import { openGate } from '../../signature/policy.ts'
import { gatedSource } from '../../transport/gated-source.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { openArchive } from '../../transport/open-archive.ts'
import { storeSource } from '../../transport/store-source.ts'
import type { Engine } from '../engine.ts'
import { archiveFormat, imagesIn } from './archive-images.ts'
import { type Destination, parseDestination } from './destination.ts'
import { pinImages } from './pin-images.ts'
import { openRegistrySession, type RegistryAccess } from './registry-session.ts'
import { resolveImage } from './resolve.ts'

/** As destinations are written; a name without transport is an image of the store. */
export type Origin = Destination | { readonly kind: 'store'; readonly name: string }

/** @throws as parseDestination */
export function parseOrigin(text: string): Origin {
  return /^(docker:\/\/|[a-z-]+:[^:]*[/.]|(dir|oci|oci-archive|docker-archive|docker-daemon|containers-storage):)/.test(
    text,
  )
    ? parseDestination(text)
    : { kind: 'store', name: text }
}

/** The policy has been asked. @throws denied `policy-rejects`; not-found; what opening throws */
export async function withSource<T>(
  engine: Engine,
  on: { origin: Origin; access: RegistryAccess },
  read: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const { origin, access } = on
  if (origin.kind === 'store') return withStored(engine, origin.name, read)
  if (origin.kind === 'docker') return withPulled(engine, { reference: origin.reference, access }, read)
  using files = await openArchive(engine.at, origin.path, engine.signal)
  const format = archiveFormat(files)
  if (format !== origin.kind) {
    throw invalid(
      'archive-malformed',
      `'${origin.path}' is ${format === undefined ? 'no image' : `${format}:`}, not ${origin.kind}:`,
    )
  }
  const policyPath = access.policyPath ?? engine.settings.policyPath
  const gate = policyPath === undefined ? undefined : openGate(policyPath, { transport: format, scope: origin.path })
  const [image, ...others] = imagesIn(files, format, origin.name)
  if (image === undefined || others.length > 0) throw notOne(origin.path, others.length + 1)
  await using source = gatedSource(image.source, gate)
  return await read(source)
}

async function withStored<T>(engine: Engine, name: string, read: (source: ImageSource) => Promise<T>): Promise<T> {
  const { record } = await resolveImage(engine, name)
  using _pin = await pinImages(engine, [record])
  await using source = storeSource(engine.at, record, name)
  return await read(source)
}

/** From the first of the mirrors, and then the registry itself, that has the image. */
async function withPulled<T>(
  engine: Engine,
  on: { reference: (Destination & { kind: 'docker' })['reference']; access: RegistryAccess },
  read: (source: ImageSource) => Promise<T>,
): Promise<T> {
  await using session = await openRegistrySession(engine, on.access)
  const endpoints = session.endpoints(on.reference)
  const gate = await session.gate(on.reference)
  for (const [at, endpoint] of endpoints.entries()) {
    const source = await session.openSource(endpoint)
    const isLast = at === endpoints.length - 1
    if (isLast || (await hasImage(engine, source))) return await read(gatedSource(source, gate))
  }
  throw new Error('no endpoint')
}

async function hasImage(engine: Engine, source: ImageSource): Promise<boolean> {
  try {
    await source.readManifest()
    return true
  } catch (error) {
    engine.signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : ''
    engine.report({ type: 'warning', message: `mirror of ${source.label} failed: ${reason}` })
    return false
  }
}

function notOne(path: string, count: number): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'archive-image-missing',
    message: `'${path}' holds ${count} images: which one?`,
    hint: 'Say so behind the path, as in oci:PATH:NAME or docker-archive:PATH:@0.',
  })
}
