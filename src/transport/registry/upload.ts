// One blob into a repository (OCI distribution spec, "Pushing blobs"): small ones in one request, others as a stream that is continued
// where it broke. Credentials follow only to the registry itself, wherever it says that the upload is (registry/client.ts).

import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import { repositoryOf } from '../../image/reference.ts'
import type { OutgoingBlob } from '../image-target.ts'
import type { RegistryRequest } from './client.ts'
import { type HttpResponse, redact } from './http.ts'
import { TransientError, waitToRetry } from './retry.ts'
import type { RegistrySourceOptions } from './source.ts'

/** An upload that the registry has begun: where the next bytes go. */
export interface OpenedUpload {
  readonly location: URL
}

export interface BlobUpload {
  readonly blob: OutgoingBlob
  readonly onProgress: (doneBytes: number) => void
  readonly opened: OpenedUpload | undefined
  /** Asks the registry whether it has the blob after all. */
  readonly isThere: () => Promise<boolean>
}

export type Mount =
  | { readonly status: 'mounted' | 'refused' }
  | { readonly status: 'opened'; readonly upload: OpenedUpload }

/** Up to here one request is cheaper than being able to continue. */
const monolithicBytes = 4 << 20
/** Where the registry, or a proxy before it, takes no larger bodies. */
const pieceBytes = 16 << 20

/** Asks for the blob of a neighbouring repository; a registry that cannot opens an upload instead. */
export async function mountBlob(options: RegistrySourceOptions, blob: Descriptor, from: string): Promise<Mount> {
  const query = `mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(from)}`
  const scope = `${pushScope(options)} repository:${from}:pull`
  try {
    const response = await options.registry.send({ ...request(options, blob), ...startOf(options, `?${query}`), scope })
    await response.discard()
    if (response.status === 201) return { status: 'mounted' }
    return response.status === 202
      ? { status: 'opened', upload: { location: nextLocation(response) } }
      : { status: 'refused' }
  } catch (error) {
    // Not allowed to read there, or this registry knows no mounts.
    if (error instanceof EngineError && (error.kind === 'denied' || error.kind === 'invalid'))
      return { status: 'refused' }
    throw error
  }
}

interface Position {
  readonly options: RegistrySourceOptions
  readonly upload: BlobUpload
  location: URL | undefined
  /** Bytes that the registry has. */
  at: number
  isInPieces: boolean
}

/** The registry has checked the digest when this returns. @throws unavailable after the retries; corrupt; denied */
export async function uploadBlob(options: RegistrySourceOptions, upload: BlobUpload): Promise<void> {
  const position: Position = { options, upload, location: upload.opened?.location, at: 0, isInPieces: false }
  let fruitless = 0
  for (;;) {
    const before = position.at
    try {
      return await sendAll(position)
    } catch (error) {
      options.signal.throwIfAborted()
      const afterMs = retryAfter(position, error)
      fruitless = position.at > before ? 0 : fruitless + 1
      if (fruitless > options.retry.retries) throw error instanceof TransientError ? error.final : error
      logDebug(`upload of blob ${upload.blob.digest} broke: ${error instanceof Error ? error.message : ''}`)
      await waitToRetry(options.retry, { count: fruitless, error, afterMs }, options.signal)
      if (await upload.isThere()) return
      await findPosition(position)
    }
  }
}

/** How long the registry wants to be left alone. A body that was too large for it goes in pieces from now on. @throws what no time cures */
function retryAfter(position: Position, error: unknown): number | undefined {
  if (error instanceof TransientError) return error.afterMs
  if (!(error instanceof EngineError) || error.code !== 'registry-too-large' || position.isInPieces) throw error
  startAnew(position, true)
  return 0
}

async function sendAll(position: Position): Promise<void> {
  const { blob, onProgress } = position.upload
  position.location ??= await begin(position)
  const isWhole = position.at === 0 && blob.size <= monolithicBytes
  while (!isWhole && position.at < blob.size) await sendPiece(position)
  const location = new URL(position.location)
  location.searchParams.append('digest', blob.digest)
  const length = isWhole ? blob.size : 0
  const response = await position.options.registry.sendOnce({
    ...request(position.options, blob),
    method: 'PUT',
    path: location.href,
    headers: { 'content-type': 'application/octet-stream', 'content-length': `${length}` },
    ...(length === 0 ? {} : { body: () => blob.open(0) }),
  })
  await response.discard()
  if (response.status === 404 || response.status === 416) throw forgotten(position)
  checkDigest(position, response.header('docker-content-digest'))
  onProgress(blob.size)
}

async function begin({ options, upload }: Position): Promise<URL> {
  const response = await options.registry.send({ ...request(options, upload.blob), ...startOf(options, '') })
  await response.discard()
  if (response.status === 202) return nextLocation(response)
  throw new EngineError({
    kind: response.status === 404 ? 'not-found' : 'invalid',
    code: 'repository-unknown',
    message: `${options.registry.host} takes no uploads for '${options.reference.path}': it answered ${response.status}`,
  })
}

async function sendPiece(position: Position): Promise<void> {
  const { options, upload, at } = position
  const { blob, onProgress } = upload
  const length = Math.min(blob.size - at, position.isInPieces ? pieceBytes : blob.size)
  const isPart = at > 0 || length < blob.size
  const range = { 'content-range': `${at}-${at + length - 1}` }
  const response = await options.registry.sendOnce({
    ...request(options, blob),
    method: 'PATCH',
    path: (position.location as URL).href,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': `${length}`,
      ...(isPart ? range : {}),
    },
    body: () => counted(blob.open(at), length, (sent) => onProgress(at + sent)),
  })
  await response.discard()
  if (response.status === 404 || response.status === 416) throw forgotten(position)
  position.location = nextLocation(response)
  position.at = at + length
}

/** How much of the blob the registry has after a break; an upload that it does not know any more begins anew. */
async function findPosition(position: Position): Promise<void> {
  const { location, options, upload } = position
  if (location === undefined) return
  try {
    const status = { ...request(options, upload.blob), method: 'GET', path: location.href } as const
    const response = await options.registry.sendOnce(status)
    await response.discard()
    const end = Number(/^(?:bytes=)?0-(\d+)$/.exec(response.header('range') ?? '')?.[1] ?? 0)
    if (response.status === 204 && end > 0 && end < upload.blob.size) {
      position.at = end + 1
      position.location = response.header('location') === undefined ? location : nextLocation(response)
      return
    }
  } catch (error) {
    options.signal.throwIfAborted()
    logDebug(`the upload of blob ${upload.blob.digest} begins anew: ${error instanceof Error ? error.message : ''}`)
  }
  startAnew(position, position.isInPieces)
}

function startAnew(position: Position, isInPieces: boolean): void {
  Object.assign(position, { location: undefined, at: 0, isInPieces })
}

function request(options: RegistrySourceOptions, blob: Descriptor) {
  const what = `blob ${blob.digest} to ${repositoryOf(options.reference)}`
  return { scope: pushScope(options), doing: 'writing', what, signal: options.signal } as const
}

function startOf(
  { reference }: RegistrySourceOptions,
  query: string,
): Pick<RegistryRequest, 'method' | 'path' | 'headers'> {
  return { method: 'POST', path: `/v2/${reference.path}/blobs/uploads/${query}`, headers: { 'content-length': '0' } }
}

/** Of everything that a push does, so that one token serves it all. */
export function pushScope({ reference }: RegistrySourceOptions): string {
  return `repository:${reference.path}:pull,push`
}

/** Relative or absolute, even on another host; never from HTTPS to plain HTTP. @throws corrupt `redirect-refused` */
function nextLocation(response: HttpResponse): URL {
  const target = URL.parse(response.header('location') ?? '', response.url.href)
  const isFine = target?.protocol === 'https:' || (target?.protocol === 'http:' && response.url.protocol === 'http:')
  if (response.header('location') !== undefined && target !== null && isFine) return target
  throw new EngineError({
    kind: 'corrupt',
    code: 'redirect-refused',
    message: `${redact(response.url)} sends the upload ${target === null || !isFine ? 'nowhere that it may go' : 'nowhere'}`,
  })
}

function checkDigest({ options, upload }: Position, told: string | undefined): void {
  if (told === undefined || told === upload.blob.digest || !told.startsWith('sha256:')) return
  throw new EngineError({
    kind: 'corrupt',
    code: 'blob-digest-mismatch',
    message: `${options.registry.host} stored blob ${upload.blob.digest} as ${told.slice(0, 80)}`,
  })
}

function forgotten({ options, upload }: Position): TransientError {
  const message = `writing blob ${upload.blob.digest}: ${options.registry.host} does not know the upload any more`
  return new TransientError(new EngineError({ kind: 'unavailable', code: 'upload-unknown', message }))
}

/** Ends after `length` bytes, and closes `content` then. */
async function* counted(
  content: AsyncIterable<Uint8Array>,
  length: number,
  tell: (sent: number) => void,
): AsyncGenerator<Uint8Array> {
  let sent = 0
  for await (const chunk of content) {
    const left = length - sent
    yield left < chunk.length ? chunk.subarray(0, left) : chunk
    sent += Math.min(left, chunk.length)
    tell(sent)
    if (sent === length) return
  }
}
