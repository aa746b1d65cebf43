// A place that an image is copied from, opened for reading: a registry, an archive, a folder, or our store.

import { isDigest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { parseReference } from '../../image/reference.ts'
import { type Gate, openGate, type PolicySubject } from '../../signature/policy.ts'
import { gatedSource } from '../../transport/gated-source.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { withSharedBlobs } from '../../transport/oci-layout.ts'
import { openArchive } from '../../transport/open-archive.ts'
import { podmanSource } from '../../transport/podman-source.ts'
import { storeSource } from '../../transport/store-source.ts'
import type { Engine } from '../engine.ts'
import { archiveFormat, imagesIn, notThatFormat } from './archive-images.ts'
import { type DaemonPlace, type Destination, parseDestination } from './destination.ts'
import { pinImages } from './pin-images.ts'
import { findPodmanImage, openPodmansOwn, type PodmanOrigin, parsePodmanOrigin } from './podman-image.ts'
import { openRegistrySession, type RegistryAccess } from './registry-session.ts'
import { resolveStored } from './resolve.ts'

/** As destinations are written; a name without transport is an image of the store. */
export type Origin = Target | PodmanOrigin

export type Target = Destination | { readonly kind: 'store'; readonly name: string }

/** @throws as parseDestination */
export function parseOrigin(text: string): Origin {
  const [transport] = /^containers-storage:/.exec(text) ?? []
  return transport === undefined ? parseTarget(text) : parsePodmanOrigin(text.slice(transport.length))
}

/** @throws as parseDestination */
export function parseTarget(text: string): Target {
  return /^(docker:\/\/|[a-z-]+:[^:]*[/.]|(dir|oci|oci-archive|docker-archive|docker-daemon|containers-storage):)/.test(
    text,
  )
    ? parseDestination(text)
    : { kind: 'store', name: text }
}

export interface SourcePlace {
  readonly origin: Origin
  readonly access: RegistryAccess
}

/** The policy has been asked. @throws denied `policy-rejects`; not-found; what opening throws */
export async function withSource<T>(
  engine: Engine,
  on: SourcePlace,
  read: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const { origin, access } = on
  if (origin.kind === 'store') return withStored(engine, { name: origin.name, access }, read)
  if (origin.kind === 'containers-storage') return withPodmans(engine, { origin, access }, read)
  if (origin.kind === 'docker') return withPulled(engine, { reference: origin.reference, access }, read)
  if (origin.kind === 'docker-daemon') return withDaemons(engine, { origin, access }, read)
  using own = await openArchive(engine.at, origin.path, engine.signal)
  const files = access.sharedBlobs === undefined ? own : withSharedBlobs(own, access.sharedBlobs)
  const format = archiveFormat(files)
  if (format !== origin.kind) throw notThatFormat(files, { found: format, wanted: origin.kind })
  const gate = gateOf(engine, access, { transport: format, scope: origin.path })
  const [image, ...others] = imagesIn(files, format, origin.name)
  if (image === undefined || others.length > 0) throw notOne(origin.path, others.length + 1)
  await using source = gatedSource(image.source, gate)
  return await read(source)
}

function gateOf(engine: Engine, access: RegistryAccess, subject: PolicySubject): Gate | undefined {
  const policyPath = access.policyPath ?? engine.settings.policyPath
  return policyPath === undefined ? undefined : openGate(policyPath, subject)
}

async function withDaemons<T>(
  engine: Engine,
  { origin, access }: { origin: DaemonPlace; access: RegistryAccess },
  read: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const scope = isDigest(origin.name) ? '' : parseReference(origin.name)
  const gate = gateOf(engine, access, { transport: origin.kind, scope })
  const { openDaemonImage, defaultDaemonHost: usual } = await import('../../transport/docker-daemon.ts')
  const daemon = { host: access.daemonHost ?? usual, signal: engine.signal }
  using files = await openDaemonImage(engine.at, daemon, origin.name)
  const [image] = imagesIn(files, 'docker-archive')
  if (image === undefined) throw notOne(files.label, 0)
  await using source = gatedSource(image.source, gate)
  return await read(source)
}

async function withPodmans<T>(
  engine: Engine,
  { origin, access }: { origin: PodmanOrigin; access: RegistryAccess },
  read: (source: ImageSource) => Promise<T>,
): Promise<T> {
  using store = await openPodmansOwn(origin.place)
  const gate = gateOf(engine, access, { transport: 'containers-storage', scope: store.graphRoot })
  await using source = gatedSource(podmanSource(store, findPodmanImage(store, origin.name)), gate)
  return await read(source)
}

async function withStored<T>(
  engine: Engine,
  { name, access }: { name: string; access: RegistryAccess },
  read: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const found = await resolveStored(engine, name)
  if ('list' in found) {
    const { withListSource } = await import('../manifest/with-list-source.ts')
    return withListSource(engine, { list: found.list, label: name, access }, read)
  }
  const { record } = found
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
    const isLast = at === endpoints.length - 1
    const source = await session.openSource(endpoint, { isOneOfSeveral: !isLast })
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
