// Any source → any target. Digests do not change on the way unless another format or compression is asked for. Blobs go in parallel,
// only those that the target has not; the manifest follows when all of them are there.

import { type Digest, digestOf } from '../base/digest.ts'
import { EngineError, invalid } from '../base/errors.ts'
import type { Reporter } from '../base/report.ts'
import type { DecryptionKeys } from '../encryption/decryption-keys.ts'
import type { Recipients } from '../encryption/recipients.ts'
import { annotationsWith, missingVariants } from '../image/compression-variants.ts'
import {
  convertIndex,
  convertManifest,
  type EntryChange,
  formatOf,
  type ManifestFormat,
  manifestTypeOf,
} from '../image/convert-manifest.ts'
import type { Descriptor, PlatformDescriptor } from '../image/descriptor.ts'
import {
  type ImageIndex,
  type ImageManifest,
  isArtifact,
  mediaTypes,
  parseAnyManifest,
  parseManifest,
} from '../image/manifest.ts'
import type { Platform } from '../image/platform.ts'
import type { Layout } from '../state/layout.ts'
import { isAlreadyThere } from './already-there.ts'
import { bringLayer, digestWouldChange } from './bring-layer.ts'
import { chooseFormat } from './choose-format.ts'
import type { Packing, PackingCodec } from './choose-packing.ts'
import { keptSignatures, putSignatures, type SignatureOptions } from './copy-signatures.ts'
import { chooseManifest, type ImageSource, readEntry } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'
import { limitParallel } from './limit-parallel.ts'
import { type CopiedManifest, putManifest } from './put-manifest.ts'
import { outgoing, sendBlob } from './send-blob.ts'

export interface OutwardContext {
  /** Whose staging folder holds layers that are compressed anew. */
  readonly at: Layout
  readonly report: Reporter
  readonly signal: AbortSignal
}

export type ListSelection = 'system' | 'all' | 'index-only'

export interface OutwardOptions extends Packing, SignatureOptions {
  /** undefined keeps the source's. */
  readonly format?: ManifestFormat
  readonly platform?: Platform
  /** Of an index: the image for the platform (so unless said), the index and every image, or the index alone. */
  readonly selection?: ListSelection
  /** Of an index that is copied whole: each image also with its layers packed so, beside those that are there. */
  readonly addedCodecs?: readonly PackingCodec[]
  /** Rather fail than write another manifest than the source's. */
  readonly isDigestKept?: boolean
  /** Nothing is sent where the target has that very image under its name: a registry takes no manifest whose blobs it lacks. */
  readonly isSkippedIfThere?: boolean
  /** At most so many at once, where source and target would do with more. */
  readonly parallelBlobs?: number
  /** The format is OCI's then. */
  readonly encryption?: LayerEncryption
  /** Encrypted layers are decrypted; or, where `encryption` is for them too, gain its recipients. */
  readonly decryptionKeys?: DecryptionKeys
}

export interface LayerEncryption {
  readonly recipients: Recipients
  /** Which layers: from 0 on, or from -1 backwards; none means all. */
  readonly layers: readonly number[]
}

export interface OutwardCopy {
  /** Of what the target has now. */
  readonly digest: Digest
  readonly bytes: Uint8Array
}

export interface Way extends OutwardContext {
  readonly source: ImageSource
  readonly target: ImageTarget
  readonly options: OutwardOptions
}

/** Idempotent. @throws what source and target throw; nothing is visible at the target then, or what was before */
export async function copyToTarget(
  context: OutwardContext,
  { source, target }: { source: ImageSource; target: ImageTarget },
  options: OutwardOptions,
): Promise<OutwardCopy> {
  const way = { ...context, source, target, options: options.encryption === undefined ? options : asOci(options) }
  const top = (options.selection ?? 'system') === 'system' ? undefined : await readIndex(source)
  const copied = top === undefined ? await copyChosen(way) : await copyIndex(way, top)
  await target.finish()
  return copied
}

/** Only OCI's format knows encrypted layers; of zstd:chunked nothing would be left. @throws invalid `format-conflict` */
function asOci({ codec, ...options }: OutwardOptions): OutwardOptions {
  const conflict = (what: string, hint: string) =>
    invalid('format-conflict', `encryption is not compatible with ${what}`, hint)
  if (options.format === 'v2s2') throw conflict('the manifest type v2s2', 'Say: --format oci')
  if (codec === 'zstd:chunked' && options.isForced === true)
    throw conflict(codec, 'Plain zstd is as good: parts of an encrypted layer are of no use.')
  return { ...options, format: 'oci', ...(codec === undefined ? {} : { codec: codec === 'gzip' ? codec : 'zstd' }) }
}

interface ReadDocument<T> {
  readonly bytes: Uint8Array
  readonly parsed: T
}

interface SourceManifest extends ReadDocument<ImageManifest> {
  readonly digest: Digest
}

async function readIndex(source: ImageSource): Promise<ReadDocument<ImageIndex> | undefined> {
  const { bytes, mediaType } = await source.readManifest()
  const parsed = parseManifest(bytes, mediaType)
  return parsed.kind === 'index' ? { bytes, parsed } : undefined
}

async function copyChosen(way: Way): Promise<OutwardCopy> {
  way.report({ type: 'step', message: 'Getting image source signatures' })
  const known = await knownToBeThere(way)
  if (known !== undefined) return known
  const { bytes, manifest, digest, indexes } = await chooseManifest(way.source, way.options.platform)
  if (indexes.length > 0)
    way.report({ type: 'step', message: 'Copying one image of a list of several: --all copies all' })
  const named = { bytes, digest, mediaType: manifest.mediaType }
  if (await isAlreadyThere(way, named, 'top')) return present(way, named)
  const copied = await copyOne(way, { bytes, digest, parsed: manifest })
  way.report({ type: 'step', message: 'Writing manifest to image destination' })
  return putManifest(way, copied)
}

/** What needs not even be read. */
async function knownToBeThere(way: Way): Promise<OutwardCopy | undefined> {
  const known = way.source.knownManifest?.()
  if (known === undefined || !(await isAlreadyThere(way, known, 'top'))) return undefined
  return present(way, known)
}

function present({ report }: Way, { bytes, digest }: OutwardCopy): OutwardCopy {
  report({ type: 'step', message: 'Image already present: nothing is copied' })
  return { bytes, digest }
}

async function copyIndex(way: Way, top: ReadDocument<ImageIndex>): Promise<OutwardCopy> {
  const entries = way.options.selection === 'all' ? top.parsed.manifests : []
  const variants = missingVariants(entries, way.options.addedCodecs ?? [])
  const [count, total] = [entries.length + variants.length, top.parsed.manifests.length]
  way.report({ type: 'step', message: 'Getting image list signatures' })
  const kept = await keptSignatures(way, digestOf(top.bytes))
  way.report({ type: 'step', message: `Copying ${count} images generated from ${total} images in list` })
  const changes: EntryChange[] = []
  for (const entry of entries) {
    const place = `(${changes.length + 1}/${count})`
    way.report({ type: 'step', message: `Copying image ${entry.digest} ${place}` })
    changes.push({ from: entry.digest, to: await copyEntry(way, entry) })
  }
  for (const { entry, codec } of variants) {
    const place = `(${changes.length + 1}/${count})`
    way.report({ type: 'step', message: `Replicating image ${entry.digest} ${place}` })
    const packed = { ...way, options: { ...way.options, codec, isForced: true } }
    changes.push({ from: entry.digest, to: await copyEntry(packed, entry), isAdded: true })
  }
  const isMarked = changes.some(({ to }) => Object.keys(to.annotations ?? {}).length > 0)
  const type = isMarked ? mediaTypes.ociIndex : indexType(top.parsed, way.options.format)
  const bytes = convertIndex(top.bytes, type, changes)
  if (kept.length > 0 && bytes !== top.bytes) throw digestWouldChange()
  const written = { bytes, digest: digestOf(bytes), mediaType: bytes === top.bytes ? top.parsed.mediaType : type }
  if (await isAlreadyThere(way, written, 'top')) return present(way, written)
  await putSignatures(way, kept, { bytes, isEntry: false })
  way.report({ type: 'step', message: 'Writing manifest list to image destination' })
  await way.target.putManifest(bytes, written.mediaType)
  return { bytes, digest: written.digest }
}

/** What the index is to say of it; annotations where the layers are packed anew. */
async function copyEntry(way: Way, entry: PlatformDescriptor): Promise<Descriptor> {
  const { bytes } = await readEntry(way.source, entry.digest)
  const parsed = parseAnyManifest(bytes, entry.mediaType)
  if (parsed.kind === 'index') throw nested(way.source.label)
  const known = { bytes, digest: entry.digest, mediaType: parsed.mediaType }
  if (await isAlreadyThere(way, known, 'entry')) {
    way.report({ type: 'step', message: `Image ${entry.digest} is already present` })
    return { mediaType: parsed.mediaType, digest: entry.digest, size: bytes.length }
  }
  const copyThis = isArtifact(parsed) ? copyArtifact : copyOne
  const copied = await copyThis(way, { bytes, digest: entry.digest, parsed })
  const { mediaType, digest, bytes: written } = copied
  await putSignatures(way, copied.kept, { bytes: written, isEntry: true })
  await way.target.putManifest(written, mediaType, digest)
  const isPackedAnew =
    digest !== entry.digest && way.options.codec !== undefined && mediaType === mediaTypes.ociManifest
  const annotations = isPackedAnew ? { annotations: annotationsWith(entry, way.options.codec) } : {}
  return { mediaType, digest, size: written.length, ...annotations }
}

/** Brings the blobs; the manifest that describes them, and its signatures, are the caller's to write. What is signed stays as it is. */
async function copyOne(given: Way, on: SourceManifest): Promise<OutwardCopy & CopiedManifest> {
  const kept = await keptSignatures(given, on.digest)
  const way = kept.length === 0 ? given : { ...given, options: { ...given.options, isDigestKept: true } }
  const format = chooseFormat(way.options, on.parsed)
  if (way.options.isDigestKept === true && format !== formatOf(on.parsed.mediaType)) throw digestWouldChange()
  const layers = await bringLayers(way, on.parsed.layers, format)
  way.report({ type: 'step', message: `Copying config ${on.parsed.config.digest}` })
  await sendBlob(way, outgoing(way, on.parsed.config))
  const bytes = convertManifest(on.bytes, on.parsed, { format, layers })
  const mediaType = bytes === on.bytes ? on.parsed.mediaType : manifestTypeOf(format)
  return { bytes, digest: digestOf(bytes), mediaType, kept }
}

/** What its blobs are is nobody's business. */
async function copyArtifact(
  way: Way,
  { bytes, digest, parsed }: SourceManifest,
): Promise<OutwardCopy & CopiedManifest> {
  if (way.options.encryption !== undefined)
    way.report({ type: 'warning', message: `${digest} is no image, and is not encrypted` })
  const kept = await keptSignatures(way, digest)
  for (const blob of [...parsed.layers, parsed.config]) await sendBlob(way, outgoing(way, blob), 'shown')
  return { bytes, digest, mediaType: parsed.mediaType, kept }
}

/** What the layers are there, in order. The first failure stops the others and is the one that is thrown. */
async function bringLayers(way: Way, layers: readonly Descriptor[], format: ManifestFormat): Promise<Descriptor[]> {
  const isSealed = sealedLayers(layers.length, way.options.encryption)
  const stop = new AbortController()
  const inner = { ...way, signal: AbortSignal.any([way.signal, stop.signal]) }
  const limit = limitParallel(Math.min(way.source.parallelBlobs, way.target.parallelBlobs))
  const arrivals = new Map<string, Promise<Descriptor>>()
  const keyOf = ({ digest }: Descriptor, at: number) => `${digest} ${isSealed(at)}`
  let failure: { error: unknown } | undefined
  for (const [at, layer] of layers.entries()) {
    if (arrivals.has(keyOf(layer, at))) continue
    const coming = limit(async () => {
      inner.signal.throwIfAborted()
      return bringLayer(inner, layer, { format, isSealed: isSealed(at) })
    })
    arrivals.set(keyOf(layer, at), coming)
    coming.catch((error: unknown) => {
      failure ??= { error }
      stop.abort()
    })
  }
  await Promise.allSettled(arrivals.values())
  if (failure !== undefined) throw failure.error
  return Promise.all(layers.map(async (layer, at) => arrivals.get(keyOf(layer, at)) as Promise<Descriptor>))
}

/** Of the layer at a place. @throws invalid `encrypt-layer-invalid` */
function sealedLayers(count: number, encryption: LayerEncryption | undefined): (at: number) => boolean {
  if (encryption === undefined) return () => false
  const chosen = new Set(
    encryption.layers.map((index) => {
      if (index >= -count && index < count) return index < 0 ? index + count : index
      throw invalid('encrypt-layer-invalid', `--encrypt-layer ${index} is out of range: the image has ${count} layers`)
    }),
  )
  return (at) => chosen.size === 0 || chosen.has(at)
}

function indexType(index: ImageIndex, format: ManifestFormat | undefined): string {
  const wanted = format ?? formatOf(index.mediaType)
  return wanted === 'oci' ? mediaTypes.ociIndex : mediaTypes.dockerList
}

function nested(label: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'index-too-deep',
    message: `'${label}' is an index of indexes, which is not copied whole`,
    hint: 'Copy one of its entries by digest.',
  })
}
