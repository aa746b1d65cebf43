// Signatures of a registry's images: simple ones in the lookaside that registries.d names, sigstore's in the registry itself, as the image
// `sha256-HEX.sig` (cosign's SIGNATURE_SPEC.md), where registries.d says so.

import { type Digest, digestAlgorithm, digestHex, digestOf } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { parseBoundedJson } from '../../image/bounded-json.ts'
import { maxConfigBytes } from '../../image/config.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import { type ImageManifest, mediaTypes, parseManifest } from '../../image/manifest.ts'
import { withoutTag } from '../../image/reference.ts'
import { type ImageSignature, type SigstoreSignature, signatureLimits } from '../../signature/image-signature.ts'
import { oneChunk } from '../archive-sink.ts'
import { readSmallFrom } from '../bring-blob.ts'
import type { ImageTarget } from '../image-target.ts'
import { readLookaside, type WebAccess, writeLookaside } from '../lookaside.ts'
import type { SignatureStorage } from './registries-d.ts'
import { type RegistrySourceOptions, registrySource } from './source.ts'
import { registryTarget } from './target.ts'

export interface RegistrySignatures {
  readonly at: RegistrySourceOptions
  readonly storage: SignatureStorage
  readonly web: WebAccess
}

/** @throws what the lookaside and the registry throw: no answer is not the same as no signature */
export async function readRegistrySignatures(
  { at, storage, web }: RegistrySignatures,
  digest: Digest,
): Promise<ImageSignature[]> {
  const simple = await readLookaside(storage.readFrom, { reference: at.reference, digest }, web)
  return storage.areAttachmentsUsed ? [...simple, ...(await readAttachments(at, digest))] : simple
}

/**
 * Simple signatures replace those that are there, sigstore's are added to them.
 * @throws unsupported `attachments-disabled`, `lookaside-read-only`; what the registry throws
 */
export async function writeRegistrySignatures(
  { at, storage }: RegistrySignatures,
  signatures: readonly ImageSignature[],
  digest: Digest,
): Promise<void> {
  const simple = signatures.filter((signature) => signature.kind === 'simple')
  const sigstore = signatures.filter((signature) => signature.kind === 'sigstore')
  if (sigstore.length > 0 && !storage.areAttachmentsUsed) throw attachmentsDisabled(at)
  if (simple.length > 0) writeLookaside(storage.writeTo, { reference: at.reference, digest }, simple)
  if (sigstore.length > 0) await addAttachments(at, { digest, signatures: sigstore })
}

async function readAttachments(at: RegistrySourceOptions, digest: Digest): Promise<SigstoreSignature[]> {
  const attached = await attachedTo(at, digest)
  if (attached === undefined) return []
  if (attached.layers.length > signatureLimits.maxCount) throw tooMany(at, digest)
  const source = registrySource(at)
  return Promise.all(
    attached.layers.map(async (layer) => ({
      kind: 'sigstore' as const,
      mediaType: layer.mediaType,
      payload: await readSmallFrom(source, layer, signatureLimits.maxBytes),
      annotations: layer.annotations ?? {},
    })),
  )
}

async function addAttachments(
  at: RegistrySourceOptions,
  { digest, signatures }: { digest: Digest; signatures: readonly SigstoreSignature[] },
): Promise<void> {
  const old = await attachedTo(at, digest)
  const layers = [...(old?.layers ?? [])]
  await using target = registryTarget(attachmentOptions(at, digest))
  for (const { mediaType, payload, annotations } of signatures) {
    const layer = { mediaType, digest: digestOf(payload), size: payload.length, annotations }
    if (layers.some((each) => isSameLayer(each, layer))) continue
    await putSmall(target, layer, payload)
    layers.push(layer)
  }
  const configBytes = Buffer.from(JSON.stringify(await attachmentConfig(at, old, layers)))
  const config = { mediaType: mediaTypes.ociConfig, digest: digestOf(configBytes), size: configBytes.length }
  await putSmall(target, config, configBytes)
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers }
  await target.putManifest(Buffer.from(JSON.stringify(manifest)), mediaTypes.ociManifest)
}

/** undefined where there is none. */
async function attachedTo(at: RegistrySourceOptions, digest: Digest): Promise<ImageManifest | undefined> {
  try {
    const { bytes, mediaType } = await registrySource(attachmentOptions(at, digest)).readManifest()
    const manifest = parseManifest(bytes, mediaType)
    if (manifest.kind === 'manifest') return manifest
  } catch (error) {
    if (error instanceof EngineError && error.code === 'manifest-unknown') return undefined
    throw error
  }
  throw new EngineError({
    kind: 'corrupt',
    code: 'signature-malformed',
    message: `the signatures that ${at.registry.host} has of ${digest} are an index`,
  })
}

/** cosign keeps what it finds in the config, and lists the payloads as if they were layers. */
async function attachmentConfig(
  at: RegistrySourceOptions,
  old: ImageManifest | undefined,
  layers: readonly Descriptor[],
): Promise<object> {
  const bounds = { what: 'the config of the signatures', maxBytes: maxConfigBytes }
  const found =
    old === undefined
      ? { architecture: '', os: '', config: {} }
      : parseBoundedJson(await readSmallFrom(registrySource(at), old.config, maxConfigBytes), bounds)
  return { ...found, rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) } }
}

function attachmentOptions(at: RegistrySourceOptions, digest: Digest): RegistrySourceOptions {
  const { digest: _digest, ...repository } = withoutTag(at.reference)
  return { ...at, reference: { ...repository, tag: `${digestAlgorithm(digest)}-${digestHex(digest)}.sig` } }
}

async function putSmall(target: ImageTarget, blob: Descriptor, bytes: Uint8Array): Promise<void> {
  if (await target.hasBlob(blob)) return
  await target.putBlob({ ...blob, open: (offset) => oneChunk(bytes.subarray(offset)) }, () => undefined)
}

function isSameLayer(one: Descriptor, other: Descriptor): boolean {
  const [own, others] = [one.annotations ?? {}, other.annotations ?? {}]
  return (
    one.mediaType === other.mediaType &&
    one.digest === other.digest &&
    Object.keys(own).length === Object.keys(others).length &&
    Object.entries(own).every(([name, value]) => others[name] === value)
  )
}

function tooMany(at: RegistrySourceOptions, digest: Digest): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'signatures-too-many',
    message: `${at.registry.host} has more than ${signatureLimits.maxCount} signatures of ${digest}`,
  })
}

function attachmentsDisabled(at: RegistrySourceOptions): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'attachments-disabled',
    message: `sigstore signatures are not written to ${at.registry.host}: registries.d does not enable them there`,
    hint: 'Set use-sigstore-attachments: true for it in /etc/containers/registries.d/NAME.yaml.',
  })
}
