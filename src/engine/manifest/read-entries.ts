// The images that `manifest create` and `add` name, as entries of a list: their manifests and configs are read, their layers are not.

import { resolve } from 'node:path'
import { digestOf } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { parseBoundedJson } from '../../image/bounded-json.ts'
import { maxConfigBytes } from '../../image/config.ts'
import { type EntryPlatform, type PlatformDescriptor, readPlatform } from '../../image/descriptor.ts'
import { type ImageManifest, isIndexType, parseManifest } from '../../image/manifest.ts'
import type { ListEntry } from '../../image/manifest-list.ts'
import { choosePlatform, hostPlatform } from '../../image/platform.ts'
import { readSmallFrom } from '../../transport/bring-blob.ts'
import { type ImageSource, isRunnable, readEntry } from '../../transport/image-source.ts'
import type { Engine } from '../engine.ts'
import { parseTarget, type Target, withSource } from '../image/outward-source.ts'
import { dockerUrl, type RegistryAccess } from '../image/registry-session.ts'
import { findImage, resolveImage } from '../image/resolve.ts'

export interface EntryRequest {
  /** Of a list all images, rather than the machine's. */
  readonly areAll: boolean
  readonly access: RegistryAccess
}

/** At least one. Writes nothing. @throws not-found; denied; unavailable; corrupt; unsupported `index-too-deep` */
export async function readEntries(engine: Engine, text: string, request: EntryRequest): Promise<ListEntry[]> {
  const origin = await findOrigin(engine, text, request.access)
  const entries = await withSource(engine, { origin, access: request.access }, async (source) =>
    entriesOf(source, request.areAll),
  )
  return entries.map((entry) => ({ ...entry, source: sourceText(origin) }))
}

const transport = /^(docker:\/\/|(dir|oci|oci-archive|docker-archive|docker-daemon):)/
const storePrefix = 'containers-storage:'

/** undefined where the text says where else the image lies. */
export function nameInStore(text: string): string | undefined {
  if (transport.test(text)) return undefined
  return text.startsWith(storePrefix) ? text.slice(storePrefix.length) : text
}

/** As podman: a bare name is a registry's first; an image of the store is meant where that has none. */
export async function findOrigin(engine: Engine, text: string, access: RegistryAccess): Promise<Target> {
  const name = nameInStore(text)
  if (name === undefined) return parseTarget(text)
  if (name !== text) return inStore((await resolveImage(engine, name)).record.id)
  const stored = await findImage(engine, name)
  // An id names nothing in a registry.
  if (stored !== undefined && stored.name === undefined) return inStore(stored.record.id)
  const remote = parseTarget(`docker://${name}`)
  if (stored === undefined || (await isReadable(engine, remote, access))) return remote
  return inStore(stored.record.id)
}

function inStore(id: string): Target {
  return { kind: 'store', name: id }
}

/** Asked once: the store has it in any case. */
async function isReadable(engine: Engine, origin: Target, access: RegistryAccess): Promise<boolean> {
  try {
    await withSource(engine, { origin, access: { ...access, retry: { retries: 0 } } }, async (source) =>
      source.readManifest(),
    )
    return true
  } catch (error) {
    engine.signal.throwIfAborted()
    if (error instanceof EngineError) return false
    throw error
  }
}

function sourceText(origin: Target): string {
  if (origin.kind === 'store') return origin.name
  if (origin.kind === 'docker') return dockerUrl(origin.reference)
  if (origin.kind === 'docker-daemon') return `docker-daemon:${origin.name}`
  const { kind, path, name } = origin
  return `${kind}:${resolve(path)}${name === undefined ? '' : `:${name}`}`
}

async function entriesOf(source: ImageSource, areAll: boolean): Promise<PlatformDescriptor[]> {
  const { bytes, mediaType } = await source.readManifest()
  const top = parseManifest(bytes, mediaType)
  if (top.kind === 'manifest') {
    const platform = await platformOf(source, top)
    return [{ mediaType: top.mediaType, digest: digestOf(bytes), size: bytes.length, platform }]
  }
  const chosen = areAll ? top.manifests : [choosePlatform(top.manifests.filter(isRunnable), hostPlatform())]
  return Promise.all(chosen.map(async (entry) => complete(source, entry)))
}

/** An index need not say whom an entry is for. */
async function complete(source: ImageSource, entry: PlatformDescriptor): Promise<PlatformDescriptor> {
  if (isIndexType(entry.mediaType)) throw nested(source.label)
  const { platform, artifactType } = entry
  const isKnown = platform !== undefined && platform.os !== '' && platform.architecture !== ''
  if (isKnown || artifactType !== undefined) return entry
  const { bytes, mediaType } = await readEntry(source, entry.digest)
  const manifest = parseManifest(bytes, mediaType)
  if (manifest.kind === 'index') throw nested(source.label)
  return { ...entry, platform: { ...(await platformOf(source, manifest)), ...platform } }
}

async function platformOf(source: ImageSource, manifest: ImageManifest): Promise<EntryPlatform> {
  const bytes = await readSmallFrom(source, manifest.config, maxConfigBytes)
  return readPlatform(parseBoundedJson(bytes, { what: 'image config', maxBytes: maxConfigBytes }))
}

function nested(label: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'index-too-deep',
    message: `'${label}' is an index of indexes, which is not taken into a list`,
    hint: 'Add the images themselves, by digest.',
  })
}
