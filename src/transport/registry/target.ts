// A repository of a registry as an ImageTarget. What is there already is not sent; a blob that another repository of the same
// registry has is taken over from there.

import { type Digest, digestOf } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import { printReference, repositoryOf } from '../../image/reference.ts'
import type { BlobPlaces } from '../blob-places.ts'
import type { ImageTarget } from '../image-target.ts'
import { headManifest, type RegistrySourceOptions } from './source.ts'
import { mountBlob, type OpenedUpload, pushScope, uploadBlob } from './upload.ts'

export interface RegistryTargetOptions extends RegistrySourceOptions {
  /** Path of another repository there that has the blob, as far as we know. */
  readonly neighbourWith?: (digest: Digest) => string | undefined
  /** Where blobs were seen before; what is learnt now is kept there. */
  readonly places?: BlobPlaces
}

export function registryTarget(options: RegistryTargetOptions): ImageTarget {
  const uploads = new Map<Digest, OpenedUpload>()
  const seen = new Set<Digest>()
  return {
    label: `docker://${printReference(options.reference)}`,
    parallelBlobs: options.parallelBlobs ?? 6,
    isVerifying: true,
    packing: 'gzip plain ones',
    hasBlob: async (blob) => {
      if (await isThere(options, blob)) {
        seen.add(blob.digest)
        return true
      }
      const neighbour = neighbourOf(options, blob)
      if (neighbour === undefined) return false
      const mount = await mountBlob(options, blob, neighbour)
      if (mount.status === 'opened') uploads.set(blob.digest, mount.upload)
      if (mount.status === 'mounted') seen.add(blob.digest)
      return mount.status === 'mounted'
    },
    hasManifest: async (digest, place) => isManifestThere(options, digest, place),
    putBlob: async (blob, onProgress) => {
      const opened = uploads.get(blob.digest)
      uploads.delete(blob.digest)
      await uploadBlob(options, { blob, onProgress, opened, isThere: async () => isThere(options, blob) })
      seen.add(blob.digest)
    },
    putManifest: async (bytes, mediaType, digest) => putManifest(options, { bytes, mediaType, digest }),
    finish: async () => undefined,
    [Symbol.asyncDispose]: async () => options.places?.remember(repositoryOf(options.reference), seen),
  }
}

/** Path of another repository of the same registry. */
function neighbourOf({ reference, neighbourWith, places }: RegistryTargetOptions, { digest }: Descriptor) {
  const known = neighbourWith?.(digest)
  if (known !== undefined) return known
  const { domain, path } = reference
  const there = places?.placesOf(digest).filter((place) => place.startsWith(`${domain}/`)) ?? []
  return there.map((place) => place.slice(domain.length + 1)).find((one) => one !== path)
}

/** Whoever may write need not be allowed to look; who may do neither is told when blobs are asked for. */
async function isManifestThere(
  options: RegistryTargetOptions,
  digest: Digest,
  place: 'top' | 'entry',
): Promise<boolean> {
  const { reference } = options
  const named = place === 'top' ? reference : { ...reference, digest }
  try {
    return (await headManifest({ ...options, reference: named }, pushScope(options))) === digest
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'denied') return false
    throw error
  }
}

async function isThere(options: RegistryTargetOptions, blob: Descriptor): Promise<boolean> {
  const repository = repositoryOf(options.reference)
  try {
    const response = await options.registry.send({
      method: 'HEAD',
      path: `/v2/${options.reference.path}/blobs/${blob.digest}`,
      scope: pushScope(options),
      what: `blob ${blob.digest} in ${repository}`,
    })
    await response.discard()
    return response.status === 200
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== 'denied') throw error
    const { kind, code, hint } = error
    const reason = error.message.includes(' 403 ')
      ? 'requested access to the resource is denied'
      : 'authentication required'
    const message = `trying to reuse blob ${blob.digest} at destination: checking whether a blob ${blob.digest} exists in ${repository}: ${reason}`
    throw new EngineError({ kind, code, message, cause: error, ...(hint === undefined ? {} : { hint }) })
  }
}

async function putManifest(
  options: RegistryTargetOptions,
  on: { bytes: Uint8Array; mediaType: string; digest: Digest | undefined },
): Promise<void> {
  const { reference } = options
  const own = digestOf(on.bytes)
  const name = on.digest ?? reference.digest ?? reference.tag ?? 'latest'
  if (on.digest === undefined && reference.digest !== undefined && reference.digest !== own) {
    throw new EngineError({
      kind: 'invalid',
      code: 'manifest-digest-mismatch',
      message: `the destination names digest ${reference.digest}, but the image's is ${own}`,
      hint: 'Name a tag instead.',
    })
  }
  const response = await options.registry.send({
    method: 'PUT',
    path: `/v2/${reference.path}/manifests/${name}`,
    scope: pushScope(options),
    headers: { 'content-type': on.mediaType, 'content-length': `${on.bytes.length}` },
    body: async function* () {
      yield on.bytes
    },
    doing: 'writing',
    what: `manifest ${name} in ${repositoryOf(reference)}`,
  })
  await response.discard()
  const told = response.header('docker-content-digest')
  if (response.status === 404) throw repositoryUnknown(options)
  if (told !== undefined && told !== own && !told.startsWith('sha512:')) throw otherDigest(options, { own, told })
}

function repositoryUnknown({ reference }: RegistryTargetOptions): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'repository-unknown',
    message: `writing manifest: ${reference.domain} has no repository '${reference.path}', or no blob that the manifest names`,
    hint: 'Create the repository there, or push again.',
  })
}

function otherDigest(options: RegistryTargetOptions, { own, told }: { own: string; told: string }): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'manifest-digest-mismatch',
    message: `${options.registry.host} stored the manifest as ${told.slice(0, 80)}, but its digest is ${own}`,
  })
}
