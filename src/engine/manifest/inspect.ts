// manifest inspect: a list of the store, or what a registry has under the name.

import { EngineError } from '../../base/errors.ts'
import type { PlatformDescriptor } from '../../image/descriptor.ts'
import { parseManifest } from '../../image/manifest.ts'
import { type ListEntry, listType, type ManifestList, mapMember, platformMembers } from '../../image/manifest-list.ts'
import { parseTypedReference, type Reference } from '../../image/reference.ts'
import type { ManifestDocument } from '../../transport/image-source.ts'
import { pullCandidates } from '../../transport/registry/short-names.ts'
import type { Engine } from '../engine.ts'
import { withSource } from '../image/outward-source.ts'
import { dockerUrl, openRegistrySession, type RegistryAccess } from '../image/registry-session.ts'
import { findStored } from '../image/resolve.ts'

/** podman's document: what both formats say. @throws not-found; denied; unavailable; corrupt */
export async function inspect(engine: Engine, text: string, access: RegistryAccess): Promise<object> {
  const found = await findStored(engine, text)
  // An image of the store that is no list is looked for in its registry.
  if (found !== undefined && 'list' in found) return describe(found.list, listType(found.list))
  const { bytes, mediaType } = await readRemote(engine, text, access)
  const parsed = parseManifest(bytes, mediaType)
  if (parsed.kind === 'index') return describe({ ...parsed, entries: parsed.manifests }, parsed.mediaType)
  const message = `The manifest type ${parsed.mediaType} is not a manifest list but a single image.`
  engine.report({ type: 'warning', message })
  return describe({ annotations: {}, entries: [] }, parsed.mediaType)
}

async function readRemote(engine: Engine, text: string, access: RegistryAccess): Promise<ManifestDocument> {
  await using session = await openRegistrySession(engine, access)
  const failures: EngineError[] = []
  for (const reference of pullCandidates(session.conf, parseTypedReference(text)).references) {
    try {
      const origin = { kind: 'docker', reference } as const
      return await withSource(engine, { origin, access }, async (source) => source.readManifest())
    } catch (error) {
      engine.signal.throwIfAborted()
      if (!(error instanceof EngineError)) throw error
      failures.push(inPodmansWords(error, reference))
    }
  }
  throw united(failures)
}

function inPodmansWords(error: EngineError, reference: Reference): EngineError {
  const doing = error.code === 'manifest-unknown' ? 'loading manifest' : 'reading image'
  const reason = error.message.replace(/^initializing source \S+: /, '')
  return withMessage(error, `${doing} "${dockerUrl(reference)}": ${reason}`)
}

function united(failures: readonly EngineError[]): EngineError {
  const first = failures[0] as EngineError
  return withMessage(first, failures.map(({ message }) => message).join('\n'))
}

function withMessage(cause: EngineError, message: string): EngineError {
  const { kind, code, hint } = cause
  return new EngineError({ kind, code, message, cause, ...(hint === undefined ? {} : { hint }) })
}

function describe({ annotations, subject, entries }: ManifestList, mediaType: string): object {
  return {
    ...{ schemaVersion: 2, mediaType, manifests: entries.length === 0 ? null : entries.map(describeEntry) },
    subject: subject === undefined ? undefined : describeEntry(subject),
    annotations: mapMember(annotations),
  }
}

function describeEntry(entry: PlatformDescriptor & Partial<ListEntry>) {
  const { mediaType, size, digest, urls, platform, annotations, artifactType, source } = entry
  const place = { mediaType, size, digest, urls, platform: platformMembers(platform) }
  const files = typeof source === 'object' ? source.files : undefined
  return { ...place, annotations: mapMember(annotations), artifactType, files }
}
