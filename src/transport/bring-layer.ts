// One layer of a copy: as it is, or packed as the target wants it. What a plain layer of our store became in a registry is remembered.

import { EngineError } from '../base/errors.ts'
import { codecOf, type ManifestFormat } from '../image/convert-manifest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { choosePacking, type PackingCodec } from './choose-packing.ts'
import type { Way } from './copy-to-target.ts'
import type { ImageSource } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'
import { knownPacking, rememberPacking, type WantedPacking } from './packings.ts'
import { repackLayer } from './repack-layer.ts'
import { outgoing, sendBlob } from './send-blob.ts'

/** All that is asked of a source is its blobs. */
export type LayerWay = Omit<Way, 'source'> & { readonly source: Pick<ImageSource, 'openBlob'> }

/** What the layer is there. @throws invalid `digest-would-change`; what source and target throw */
export async function bringLayer(way: LayerWay, layer: Descriptor, format: ManifestFormat): Promise<Descriptor> {
  const codec = choosePacking(layer, {
    ...way.options,
    format,
    wanted: wantedPacking(way),
  })
  if (codec !== 'keep' && way.options.isDigestKept === true) throw digestWouldChange()
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
