// An image in a registry as an ImageSource. A blob that breaks off is continued with a Range request from the byte where it broke.

import { type Digest, digestOf, isDigest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import { acceptedManifests, manifestLimits } from '../../image/manifest.ts'
import { printReference, type Reference, repositoryOf } from '../../image/reference.ts'
import type { ImageSource, ManifestDocument } from '../image-source.ts'
import type { Registry, RegistryRequest } from './client.ts'
import type { HttpResponse } from './http.ts'
import { type RetryPolicy, waitToRetry } from './retry.ts'
import { readCapped } from './token.ts'

export interface RegistrySourceOptions {
  readonly registry: Registry
  /** As this endpoint knows it. */
  readonly reference: Reference
  readonly retry: RetryPolicy
  readonly signal: AbortSignal
  readonly parallelBlobs?: number
}

export function registrySource(options: RegistrySourceOptions): ImageSource {
  return {
    label: printReference(options.reference),
    parallelBlobs: options.parallelBlobs ?? 6,
    readManifest: async (digest) => readManifest(options, digest),
    openBlob: (blob, offset) => openBlob(options, { blob, at: offset, end: blob.size }),
    openRange: (blob, start, end) => openBlob(options, { blob, at: start, end }),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** The digest that the registry has for the reference now; undefined if there is none, or it does not say. */
export async function headManifest(
  options: RegistrySourceOptions,
  scope = pullScope(options),
): Promise<Digest | undefined> {
  const response = await options.registry.send({ ...manifestRequest(options, undefined), method: 'HEAD', scope })
  await response.discard()
  const digest = response.header('docker-content-digest')
  return response.status === 200 && digest !== undefined && isDigest(digest) ? digest : undefined
}

async function readManifest(options: RegistrySourceOptions, digest: Digest | undefined): Promise<ManifestDocument> {
  const request = manifestRequest(options, digest)
  const response = await options.registry.send(request)
  if (response.status !== 200) {
    await response.discard()
    throw manifestUnknown(options, request.what)
  }
  const bytes = await readCapped(response.body, manifestLimits.maxBytes)
  checkTop(options, bytes, digest)
  const mediaType = response.header('content-type')
  return { bytes, ...(mediaType === undefined ? {} : { mediaType }) }
}

function manifestRequest(options: RegistrySourceOptions, digest: Digest | undefined): RegistryRequest {
  const { reference } = options
  const name = digest ?? reference.digest ?? reference.tag ?? 'latest'
  return {
    path: `/v2/${reference.path}/manifests/${name}`,
    scope: pullScope(options),
    headers: { accept: acceptedManifests.join(', ') },
    what: `manifest ${name} in ${repositoryOf(reference)}`,
  }
}

function pullScope({ reference }: Pick<RegistrySourceOptions, 'reference'>): string {
  return `repository:${reference.path}:pull`
}

/** An entry of an index is checked by whoever follows it; a reference with a digest only here. */
function checkTop(options: RegistrySourceOptions, bytes: Uint8Array, digest: Digest | undefined): void {
  const wanted = options.reference.digest
  if (digest !== undefined || wanted === undefined || wanted.startsWith('sha512:') || digestOf(bytes) === wanted) return
  throw new EngineError({
    kind: 'corrupt',
    code: 'manifest-digest-mismatch',
    message: `the manifest that ${options.registry.host} sent is not what its digest ${wanted} says`,
  })
}

interface Position {
  readonly blob: Descriptor
  readonly end: number
  at: number
}

/**
 * Attempts that bring no byte are counted; progress sets the count back. One generator, without one for each attempt within it: every chunk would pass
 * through both.
 */
async function* openBlob(options: RegistrySourceOptions, position: Position): AsyncGenerator<Uint8Array> {
  const { blob, end } = position
  let fruitless = 0
  while (position.at < end || blob.size === 0) {
    const before = position.at
    try {
      const answer = await requestRest(options, position)
      let { skip } = answer
      for await (const chunk of answer.body) {
        const rest = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length))
        skip -= chunk.length - rest.length
        position.at += rest.length
        yield rest
      }
      if (position.at >= end) return
      throw tooShort(options, position)
    } catch (error) {
      options.signal.throwIfAborted()
      if (!isWorthAnotherTry(error)) throw error
      fruitless = position.at > before ? 0 : fruitless + 1
      if (fruitless > options.retry.retries) throw asUnavailable(options, position, error)
      logDebug(`blob ${blob.digest} broke at byte ${position.at} of ${blob.size}: continuing`)
      await waitToRetry(options.retry, { count: fruitless, error }, options.signal)
    }
  }
}

async function requestRest(options: RegistrySourceOptions, position: Position) {
  const { blob, end, at } = position
  const last = end === blob.size ? '' : end - 1
  const response = await options.registry.send({
    path: `/v2/${options.reference.path}/blobs/${blob.digest}`,
    scope: pullScope(options),
    headers: at === 0 && end === blob.size ? {} : { range: `bytes=${at}-${last}` },
    what: `blob ${blob.digest}`,
    signal: options.signal,
  })
  return { body: response.body, skip: await bytesToSkip(options, response, position) }
}

/** A server may answer a request for the rest with the whole blob. A wrong length or range is found before a byte is read. */
async function bytesToSkip(options: RegistrySourceOptions, response: HttpResponse, wanted: Position): Promise<number> {
  if (response.status !== 200 && response.status !== 206) {
    await response.discard()
    throw blobUnknown(options, wanted.blob)
  }
  const from = response.status === 206 ? rangeStart(response) : 0
  const length = Number(response.header('content-length') ?? Number.NaN)
  const isEncoded = response.header('content-encoding') !== undefined
  if (from > wanted.at || (!isEncoded && !Number.isNaN(length) && from + length !== wanted.end)) {
    await response.discard()
    throw new EngineError({
      kind: 'corrupt',
      code: 'blob-size-mismatch',
      message: `blob ${wanted.blob.digest}: ${options.registry.host} offers the bytes up to ${from + length}, wanted are those up to ${wanted.end}`,
    })
  }
  return wanted.at - from
}

function rangeStart(response: HttpResponse): number {
  const match = /^bytes (\d+)-/.exec(response.header('content-range') ?? '')
  return match === null ? Number.POSITIVE_INFINITY : Number(match[1])
}

function isWorthAnotherTry(error: unknown): boolean {
  return !(error instanceof EngineError) || error.code === 'blob-too-short'
}

function tooShort(options: RegistrySourceOptions, position: Position): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'blob-too-short',
    message: `blob ${position.blob.digest}: ${options.registry.host} ended it after ${position.at} of ${position.blob.size} bytes`,
  })
}

function asUnavailable(options: RegistrySourceOptions, position: Position, cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new EngineError({
    kind: 'unavailable',
    code: 'blob-broken-off',
    message: `blob ${position.blob.digest}: ${options.registry.host} broke off after ${position.at} of ${position.blob.size} bytes: ${reason}`,
    hint: 'Run the same command again: it continues where this one ended.',
    cause,
  })
}

function manifestUnknown(options: RegistrySourceOptions, what: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'manifest-unknown',
    message: `initializing source docker://${printReference(options.reference)}: reading ${what}: manifest unknown`,
  })
}

function blobUnknown(options: RegistrySourceOptions, blob: Descriptor): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'blob-unknown',
    message: `${options.registry.host} does not have blob ${blob.digest}, which the manifest of ${printReference(options.reference)} names`,
  })
}
