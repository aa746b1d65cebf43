// Whether a layer goes out as it is. Pure.

import { codecOf, type ManifestFormat } from '../image/convert-manifest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { contentsPlace } from '../image/zstd-chunked.ts'
import type { ImageTarget } from './image-target.ts'

export type PackingCodec = 'gzip' | 'zstd' | 'zstd:chunked'

export interface Packing {
  /** What is asked for; undefined keeps what layers are packed with. */
  readonly codec?: PackingCodec
  readonly level?: number
  /** Layers that are packed otherwise are packed anew; else only plain ones are. */
  readonly isForced?: boolean
}

export interface PackingPlace extends Packing {
  readonly format: ManifestFormat
  readonly wanted: ImageTarget['packing']
}

export function choosePacking(layer: Descriptor, place: PackingPlace): 'keep' | 'plain' | PackingCodec {
  const own = contentsPlace(layer) === undefined ? codecOf(layer.mediaType) : 'zstd:chunked'
  if (place.wanted === 'unpack') return own === 'plain' ? 'keep' : 'plain'
  if (own.startsWith('zstd') && place.format === 'v2s2') return 'gzip'
  if (own === 'plain') return place.codec ?? (place.wanted === 'gzip plain ones' ? 'gzip' : 'keep')
  return place.isForced === true && place.codec !== undefined && place.codec !== own ? place.codec : 'keep'
}
