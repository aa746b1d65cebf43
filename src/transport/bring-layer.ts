// One layer of a copy: as it is, or packed as the target wants it. What a plain layer of our store became in a registry is remembered.

import { EngineError } from '../base/errors.ts'
import { codecOf, type ManifestFormat } from '../image/convert-manifest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { isEncrypted } from '../image/encrypted-layer.ts'
import { choosePacking, type PackingCodec } from './choose-packing.ts'
import type { Way } from './copy-to-target.ts'
import type { ImageSource } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'
import { knownPacking, rememberPacking, type WantedPacking } from './packings.ts'
import { type RepackedLayer, repackLayer } from './repack-layer.ts'
import { outgoing, sendBlob } from './send-blob.ts'

/** All that is asked of a source is its blobs. */
export type LayerWay = Omit<Way, 'source'> & { readonly source: Pick<ImageSource, 'openBlob'> }

export interface LayerPlace {
  readonly format: ManifestFormat
  /** It is to be encrypted. */
  readonly isSealed?: boolean
}

/** What the layer is there. @throws invalid `digest-would-change`; unsupported `layer-encrypted`; what source and target throw */
export async function bringLayer(way: LayerWay, layer: Descriptor, place: LayerPlace): Promise<Descriptor> {
  const isOpened = isEncrypted(layer) && way.options.decryptionKeys !== undefined
  if (place.isSealed === true || isOpened) return (await import('./bring-ciphered.ts')).bringCiphered(way, layer, place)
  if (isEncrypted(layer) && place.format !== 'oci') throw formatWithout(layer)
  return bringPlain(way, layer, place)
}

/** As it is, or packed otherwise. */
export async function bringPlain(way: LayerWay, layer: Descriptor, { format }: LayerPlace): Promise<Descriptor> {
  const codec = packingOf(way, layer, format)
  if (codec === 'keep') {
    await sendBlob(way, outgoing(way, layer), 'shown')
    return layer
  }
  const memory = memoryOf(way, layer, codec)
  const known = memory === undefined ? undefined : knownPacking(way.at, memory)
  if (known !== undefined && (await way.target.hasBlob(known.layer))) {
    tell(way, layer, 'exists')
    return known.layer
  }
  tell(way, layer, 'transferring')
  const content = way.source.openBlob(layer, 0)
  using packed = await repackLayer(way, { blob: layer, content }, { codec, level: way.options.level })
  await sendBlob(way, packed)
  const { mediaType, digest, size, annotations } = packed
  tell(way, layer, 'done')
  const brought = { mediaType, digest, size, ...(annotations === undefined ? {} : { annotations }) }
  if (memory !== undefined && way.target.isVerifying) rememberPacking(way.at, memory, brought)
  return brought
}

/** Packed as the target wants it, if it is not so already. @throws as repackLayer */
export async function packLayer(
  way: LayerWay,
  layer: Descriptor,
  { format }: LayerPlace,
): Promise<RepackedLayer | undefined> {
  const codec = packingOf(way, layer, format)
  if (codec === 'keep') return undefined
  const content = way.source.openBlob(layer, 0)
  return repackLayer(way, { blob: layer, content }, { codec, level: way.options.level })
}

/** @throws invalid `digest-would-change` */
function packingOf(way: LayerWay, layer: Descriptor, format: ManifestFormat): ReturnType<typeof choosePacking> {
  const codec = isEncrypted(layer)
    ? 'keep'
    : choosePacking(layer, { ...way.options, format, wanted: wantedPacking(way) })
  if (codec !== 'keep' && way.options.isDigestKept === true) throw digestWouldChange()
  return codec
}

/** How a plain layer, whose digest is its diff id, is remembered. */
function memoryOf({ options }: LayerWay, layer: Descriptor, codec: PackingCodec | 'plain'): WantedPacking | undefined {
  if (codec === 'plain' || codecOf(layer.mediaType) !== 'plain') return undefined
  return { diffId: layer.digest, codec, level: options.level }
}

function tell({ report }: LayerWay, { digest, size }: Descriptor, status: 'exists' | 'transferring' | 'done'): void {
  report({ type: 'blob-progress', digest, doneBytes: status === 'transferring' ? 0 : size, totalBytes: size, status })
}

/** Where digests are kept, only what leaves no choice is done, and fails. */
export function wantedPacking({
  target: { packing },
  options,
}: Pick<Way, 'target' | 'options'>): ImageTarget['packing'] {
  return options.isDigestKept === true && packing !== 'unpack' ? 'keep' : packing
}

export function digestWouldChange(): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'digest-would-change',
    message:
      'the format or compression that is asked for would change the digest, which is to be preserved or is signed',
    hint: 'Leave out one of them, or the signatures: --remove-signatures',
  })
}

function formatWithout({ digest }: Descriptor): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'layer-encrypted',
    message: `layer ${digest} is encrypted, which Docker's format does not know`,
    hint: 'Decrypt it on the way, or keep the format: --decryption-key FILE, --format oci',
  })
}
