// An image with encrypted layers as one without, for the store, which keeps only what it can unpack. Its manifest is another then; the one that
// came is kept beside it, as the index of a list is: the image is known by its digest, too.

import { createReadStream } from 'node:fs'
import type { Digest } from '../base/digest.ts'
import { digestOf } from '../base/digest.ts'
import type { Reporter } from '../base/report.ts'
import type { DecryptionKeys } from '../encryption/decryption-keys.ts'
import { unwrapSecret } from '../encryption/layer-keys.ts'
import { chainIds } from '../image/chain-id.ts'
import { maxConfigBytes, parseImageConfig } from '../image/config.ts'
import { codecOf, convertManifest, formatOf } from '../image/convert-manifest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { decryptedKind, isEncrypted } from '../image/encrypted-layer.ts'
import { parseManifest } from '../image/manifest.ts'
import type { LayerRef } from '../image/record.ts'
import type { Layout } from '../state/layout.ts'
import { oneChunk } from './archive-sink.ts'
import { blobSize, borrowBlob } from './blob-store.ts'
import { readSmallFrom } from './bring-blob.ts'
import { type CipheredLayer, openLayer } from './cipher-layer.ts'
import { listImages } from './image-records.ts'
import type { ChosenManifest, ImageSource } from './image-source.ts'
import { inSteps } from './in-steps.ts'
import { limitParallel } from './limit-parallel.ts'

export interface DecryptionContext {
  readonly at: Layout
  readonly report: Reporter
  readonly signal: AbortSignal
}

export interface ReadableImage extends Disposable {
  readonly source: ImageSource
  readonly chosen: ChosenManifest
}

/**
 * Every encrypted layer is fetched, checked and decrypted before anything is answered, into files that nobody else sees; those whose content
 * the store has already are not fetched, what an earlier attempt fetched neither. All keys are tried first.
 * @throws as openLayer and borrowBlob; what the source throws
 */
export async function decryptImage(
  context: DecryptionContext,
  { source, chosen }: { source: ImageSource; chosen: ChosenManifest },
  keys: DecryptionKeys,
): Promise<ReadableImage> {
  const { layers } = chosen.manifest
  for (const layer of layers.filter(isEncrypted)) unwrapSecret(layer, keys)
  const config = await readSmallFrom(source, chosen.manifest.config, maxConfigBytes)
  const stored = storedLayers(context.at, chosen, config)
  const missing = layers.filter((layer, at) => isEncrypted(layer) && stored[at] === undefined)
  using stack = new DisposableStack()
  const opened = stack.adopt(await openAll(context, { source, layers: missing, keys }), disposeAll)
  const plain = layers.map((layer, at) => {
    if (!isEncrypted(layer)) return layer
    const { digest, size } = stored[at] ?? (opened.get(layer.digest) as CipheredLayer)
    return { ...decryptedKind(layer), digest, size }
  })
  const byDigest = new Map([...opened.values()].map((layer) => [layer.digest, layer]))
  const sealed = new Map(
    layers.flatMap((layer, at) => (isEncrypted(layer) ? [[plain[at]?.digest, layer] as const] : [])),
  )
  const openAgain = async (blob: Descriptor) => {
    const layer = sealed.get(blob.digest)
    return layer && openOne(context, { source, blob: layer, keys })
  }
  const kept = stack.move()
  return {
    source: decryptedSource(source, {
      opened: byDigest,
      openAgain,
      config: { digest: chosen.manifest.config.digest, bytes: config },
    }),
    chosen: withLayers(chosen, plain),
    [Symbol.dispose]: () => kept.dispose(),
  }
}

interface AtHand {
  readonly opened: ReadonlyMap<Digest, CipheredLayer>
  readonly config: { readonly digest: Digest; readonly bytes: Uint8Array }
  /** undefined for what is no layer that was encrypted. */
  openAgain(blob: Descriptor): Promise<CipheredLayer | undefined>
}

/** Whatever signs the image signs other bytes; ranges of blobs are ranges of ciphertext. */
function decryptedSource({ openRange: _openRange, ...source }: ImageSource, at: AtHand): ImageSource {
  const { opened, config } = at
  // The store had it, and somebody has removed it since.
  const late = async function* (blob: Descriptor, offset: number) {
    using layer = await at.openAgain(blob)
    yield* layer?.open(offset) ?? source.openBlob(blob, offset)
  }
  return {
    ...source,
    openBlob: (blob, offset) => {
      if (blob.digest === config.digest) return oneChunk(config.bytes.subarray(offset))
      return opened.get(blob.digest)?.open(offset) ?? late(blob, offset)
    },
    readSignatures: async () => [],
  }
}

function withLayers(chosen: ChosenManifest, layers: readonly Descriptor[]): ChosenManifest {
  const { bytes: own, digest, manifest, indexes } = chosen
  const bytes = convertManifest(own, manifest, { format: formatOf(manifest.mediaType), layers })
  const parsed = parseManifest(bytes, manifest.mediaType)
  if (parsed.kind !== 'manifest') throw new Error('a manifest became an index')
  return { manifest: parsed, bytes, digest: digestOf(bytes), indexes: [...indexes, { bytes: own, digest }] }
}

/** For each layer the blob that it was decrypted to before, if the store still has it: what lies at that place in another image of ours. */
function storedLayers(at: Layout, { manifest }: ChosenManifest, config: Uint8Array): (Descriptor | undefined)[] {
  const { diffIds } = parseImageConfig(config)
  const known = new Map(listImages(at).flatMap((image) => image.layers.map((layer) => [layer.chainId, layer])))
  return chainIds(diffIds).map((chainId, place) => {
    const [layer, wanted] = [known.get(chainId), manifest.layers[place]]
    if (layer === undefined || wanted === undefined || blobSize(at, layer.blob) !== layer.blobBytes) return undefined
    return codecOf(layer.mediaType) === codecOf(decryptedKind(wanted).mediaType) ? describe(layer) : undefined
  })
}

function describe({ blob, blobBytes, mediaType }: LayerRef): Descriptor {
  return { mediaType, digest: blob, size: blobBytes }
}

/** By the digests that they had. The first failure stops the others and is the one that is thrown. */
async function openAll(
  context: DecryptionContext,
  { source, layers, keys }: { source: ImageSource; layers: readonly Descriptor[]; keys: DecryptionKeys },
): Promise<ReadonlyMap<Digest, CipheredLayer>> {
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const limit = limitParallel(source.parallelBlobs)
  const opened = new Map<Digest, CipheredLayer>()
  let failure: { error: unknown } | undefined
  const distinct = new Map(layers.map((layer) => [layer.digest, layer]))
  const work = [...distinct.values()].map(async (blob) => {
    try {
      opened.set(blob.digest, await limit(async () => openOne({ ...context, signal }, { source, blob, keys })))
    } catch (error) {
      failure ??= { error }
      stop.abort()
    }
  })
  await Promise.all(work)
  if (failure === undefined) return opened
  disposeAll(opened)
  throw failure.error
}

async function openOne(
  { at, report, signal }: DecryptionContext,
  { source, blob, keys }: { source: ImageSource; blob: Descriptor; keys: DecryptionKeys },
): Promise<CipheredLayer> {
  signal.throwIfAborted()
  const tell = (doneBytes: number, status: 'transferring' | 'done') =>
    report({ type: 'blob-progress', digest: blob.digest, doneBytes, totalBytes: blob.size, status })
  tell(0, 'transferring')
  const onProgress = inSteps((done) => tell(done, 'transferring'))
  const open = (offset: number) => source.openBlob(blob, offset)
  return borrowBlob(at, { blob, options: { open, onProgress, signal } }, async (path) => {
    const content = createReadStream(path, { highWaterMark: 1 << 18 })
    const layer = await openLayer({ at, signal }, { blob, content }, keys)
    tell(blob.size, 'done')
    return layer
  })
}

function disposeAll(opened: ReadonlyMap<Digest, CipheredLayer>): void {
  for (const layer of opened.values()) layer[Symbol.dispose]()
}
