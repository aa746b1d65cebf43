// Any source → our store. Blobs come in parallel, each is verified before it has a name, and its layer is unpacked while others still
// come; the image becomes visible only when all of that is done and synced. A killed copy leaves part files that the next one resumes.

import { type Digest, digestOf } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { Reporter } from '../base/report.ts'
import type { DecryptionKeys } from '../encryption/decryption-keys.ts'
import type { ArrivingBlob } from '../image/arriving-blob.ts'
import { chainIds } from '../image/chain-id.ts'
import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../image/config.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { isEncrypted } from '../image/encrypted-layer.ts'
import { parseManifest } from '../image/manifest.ts'
import type { Platform } from '../image/platform.ts'
import type { ImageName, ImageRecord, LayerRef } from '../image/record.ts'
import type { UnpackLimits } from '../image/unpack-limits.ts'
import type { WhiteoutStyle } from '../image/whiteout.ts'
import { signatureBlob } from '../signature/image-signature.ts'
import { type Layout, paths } from '../state/layout.ts'
import { inOwnLockFlow, type LockPatience } from '../state/lock.ts'
import { currentSchema } from '../state/record.ts'
import { layerRecord } from '../storage/layer-record.ts'
import { ensureLayer } from '../storage/layer-store.ts'
import { addSmallBlob } from './blob-store.ts'
import { bringBlob, readSmallFrom } from './bring-blob.ts'
import type { ReadableImage } from './decrypt-image.ts'
import { type ChosenManifest, chooseManifest, type ImageSource } from './image-source.ts'
import { lockImages, publishImage } from './image-store.ts'
import { limitParallel } from './limit-parallel.ts'
import { pinContent } from './pin.ts'

export interface CopyContext {
  readonly at: Layout
  readonly patience: LockPatience
  readonly report: Reporter
  readonly signal: AbortSignal
  /** The storage driver's. */
  readonly whiteouts: WhiteoutStyle
  readonly limits: UnpackLimits
  readonly now: () => string
}

export interface CopyOptions {
  readonly platform?: Platform
  /** References to tag the image with. */
  readonly names: readonly string[]
  /** --remove-signatures */
  readonly areSignaturesDropped?: boolean
  /** For layers that are encrypted. */
  readonly decryptionKeys?: DecryptionKeys
}

export interface CopiedImage {
  readonly record: ImageRecord
  readonly config: ImageConfig
  /** It was chosen from an index. */
  readonly isOneOfSeveral: boolean
}

/** Idempotent. @throws what the source and the verification throw; nothing becomes visible then */
export async function copyToStore(context: CopyContext, from: ImageSource, options: CopyOptions): Promise<CopiedImage> {
  const found = await chooseManifest(from, options.platform)
  context.report({ type: 'step', message: 'Getting image source signatures' })
  using image = await readable(context, { source: from, chosen: found }, options)
  const { source, chosen } = image
  const configBytes = await readSmallFrom(source, chosen.manifest.config, maxConfigBytes)
  const config = parseImageConfig(configBytes)
  const layers = matchLayers(chosen.manifest.layers, config)
  const signatures = await signaturesOf(source, chosen, options)
  using _pin = await pinContent(context.at, pinned({ chosen, layers, signatures }), context.patience)
  await bringLayers(context, source, { layers, blobs: chosen.manifest.layers })
  const copied = await publish(context, { chosen, configBytes, config, layers, signatures }, options.names)
  return { ...copied, isOneOfSeveral: found.indexes.length > 0 }
}

/** @throws denied `layer-key-missing`; as decryptImage */
async function readable(
  context: CopyContext,
  image: { source: ImageSource; chosen: ChosenManifest },
  { decryptionKeys }: CopyOptions,
): Promise<ReadableImage> {
  if (!image.chosen.manifest.layers.some(isEncrypted)) return { ...image, [Symbol.dispose]: () => undefined }
  return (await import('./decrypt-image.ts')).decryptImage(context, image, decryptionKeys ?? [])
}

export interface ComposedImage {
  readonly manifest: Uint8Array
  readonly config: Uint8Array
  /** Brings the blobs that are not in the store yet; they are pinned. */
  readonly bringBlobs: () => void
}

/** An image of our own making, whose blobs are at hand. Idempotent. @throws as ensureLayer; nothing becomes visible then */
export async function composeImage(
  context: CopyContext,
  image: ComposedImage,
  options: CopyOptions,
): Promise<CopiedImage> {
  const manifest = parseManifest(image.manifest)
  if (manifest.kind !== 'manifest') throw new Error('an index was composed')
  const chosen = { manifest, bytes: image.manifest, digest: digestOf(image.manifest), indexes: [] }
  const config = parseImageConfig(image.config)
  const layers = matchLayers(manifest.layers, config)
  using _pin = await pinContent(context.at, pinned({ chosen, layers, signatures: [] }), context.patience)
  image.bringBlobs()
  const { whiteouts, limits, patience, report, signal } = context
  for (const [at, layer] of layers.entries()) {
    const source = paths.blob(context.at, layer.blob)
    const blob = { digest: layer.blob, bytes: layer.blobBytes }
    await ensureLayer(
      context.at,
      { ...layerRequest(layers, at), source, blob },
      { whiteouts, limits, patience, report, signal },
    )
  }
  return await publish(context, { chosen, configBytes: image.config, config, layers, signatures: [] }, options.names)
}

/** What names the layer, and the one below it. */
function layerRequest(layers: readonly LayerRef[], at: number) {
  const { chainId, diffId } = layers[at] as LayerRef
  const parent = layers[at - 1]?.chainId
  return { chainId, diffId, ...(parent === undefined ? {} : { parent }) }
}

async function publish(
  context: CopyContext,
  { configBytes, ...parts }: Parts & { readonly configBytes: Uint8Array },
  names: readonly string[],
): Promise<CopiedImage> {
  const { chosen, config } = parts
  context.report({ type: 'step', message: `Copying config ${chosen.manifest.config.digest}` })
  addSmallBlob(context.at, configBytes, chosen.manifest.config.digest)
  context.report({ type: 'step', message: 'Writing manifest to image destination' })
  for (const document of [...chosen.indexes, chosen, ...parts.signatures]) {
    addSmallBlob(context.at, document.bytes, document.digest)
  }
  const record = describeImage(context, parts)
  const tags = names.map((reference) => nameFor(context, { reference, record, chosen }))
  using _lock = await lockImages(context.at, context.patience)
  return { record: publishImage(context.at, record, tags), config, isOneOfSeveral: chosen.indexes.length > 0 }
}

interface SmallDocument {
  readonly bytes: Uint8Array
  readonly digest: Digest
}

async function signaturesOf(
  source: ImageSource,
  chosen: ChosenManifest,
  { areSignaturesDropped }: CopyOptions,
): Promise<SmallDocument[]> {
  const signatures = areSignaturesDropped === true ? [] : ((await source.readSignatures?.(chosen.digest)) ?? [])
  return signatures.map(signatureBlob).map((bytes) => ({ bytes, digest: digestOf(bytes) }))
}

function pinned({ chosen, layers, signatures }: Omit<Parts, 'config'>) {
  const documents = [chosen, ...chosen.indexes, ...signatures].map((document) => document.digest)
  return {
    blobs: [...documents, chosen.manifest.config.digest, ...layers.map((layer) => layer.blob)],
    layers: layers.map((layer) => layer.chainId),
  }
}

/** Each manifest layer with the diff id that the config gives it. */
function matchLayers(descriptors: readonly Descriptor[], config: ImageConfig): LayerRef[] {
  const { diffIds } = config
  if (descriptors.length !== diffIds.length) {
    throw new EngineError({
      kind: 'corrupt',
      code: 'layers-mismatch',
      message: `the manifest has ${descriptors.length} layers but the image config has ${diffIds.length}`,
    })
  }
  const chain = chainIds(diffIds)
  return descriptors.map((descriptor, at) => ({
    blob: descriptor.digest,
    blobBytes: descriptor.size,
    mediaType: descriptor.mediaType,
    diffId: diffIds[at] as Digest,
    chainId: chain[at] as Digest,
  }))
}

interface Arrival {
  /** The blob is in the store. */
  readonly done: Promise<void>
  /** For the first that asks: see LayerRequest. */
  readonly arriving?: Promise<ArrivingBlob | undefined>
}

/** The first failure stops the others and is the one that is thrown. */
async function bringLayers(
  context: CopyContext,
  source: ImageSource,
  { layers, blobs }: { layers: readonly LayerRef[]; blobs: readonly Descriptor[] },
): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const limit = limitParallel(source.parallelBlobs)
  const arrivals = new Map<Digest, Promise<void>>()
  const arrival = (blob: Descriptor): Arrival => {
    const known = arrivals.get(blob.digest)
    if (known !== undefined) return { done: known }
    const { promise: arriving, resolve: onArriving } = Promise.withResolvers<ArrivingBlob | undefined>()
    const bring = async () => bringBlob({ ...context, signal }, source, { blob, onArriving })
    const done = limit(async () => inOwnLockFlow(bring)).finally(() => onArriving(undefined))
    arrivals.set(blob.digest, done)
    return { done, arriving }
  }
  let failure: { error: unknown } | undefined
  const stopAll = (error: unknown) => {
    failure ??= { error }
    stop.abort()
  }
  const work = layers.map(async (layer, at) => {
    const { done, ...early } = arrival(blobs[at] as Descriptor)
    const source = done.then(() => paths.blob(context.at, layer.blob))
    // Told of by `done`, whoever waits for this.
    source.catch(() => undefined)
    const request = {
      ...layerRequest(layers, at),
      ...early,
      source,
      blob: { digest: layer.blob, bytes: layer.blobBytes },
    }
    const { whiteouts, limits, patience, report } = context
    const how = { whiteouts, limits, patience, report, signal }
    // A layer's lock is held while the layers below are waited for, never the other way round.
    const built = inOwnLockFlow(async () => ensureLayer(context.at, request, how))
    for (const one of [done, built]) one.catch(stopAll)
    // Both have an end also when one fails: nothing half-made stays behind.
    await Promise.allSettled([done, built])
  })
  await Promise.all(work)
  if (failure !== undefined) throw failure.error
}

interface Parts {
  readonly chosen: ChosenManifest
  readonly config: ImageConfig
  readonly layers: readonly LayerRef[]
  readonly signatures: readonly SmallDocument[]
}

function describeImage(context: CopyContext, { chosen, config, layers, signatures }: Parts): ImageRecord {
  const configDigest = chosen.manifest.config.digest
  return {
    schema: currentSchema,
    id: configDigest.slice(configDigest.indexOf(':') + 1),
    configDigest,
    manifestDigest: chosen.digest,
    manifestType: chosen.manifest.mediaType,
    repoDigests: chosen.indexes.map((index) => index.digest),
    ...(signatures.length === 0 ? {} : { signatures: signatures.map(({ digest }) => digest) }),
    layers,
    sizeBytes: layers.reduce((sum, layer) => sum + (layerRecord(context.at, layer.chainId)?.sizeBytes ?? 0), 0),
    createdAt: config.created ?? context.now(),
  }
}

function nameFor(
  context: CopyContext,
  of: { reference: string; record: ImageRecord; chosen: ChosenManifest },
): ImageName {
  const digest = of.chosen.indexes[0]?.digest ?? of.chosen.digest
  return {
    schema: currentSchema,
    reference: of.reference,
    imageId: of.record.id,
    digest,
    taggedAt: context.now(),
  }
}
