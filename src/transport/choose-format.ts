// Which format an image's manifest goes out in. Pure.

import { EngineError } from '../base/errors.ts'
import { formatOf, type ManifestFormat } from '../image/convert-manifest.ts'
import type { ImageManifest } from '../image/manifest.ts'
import type { OutwardOptions } from './copy-to-target.ts'

/** Docker's format does not know zstd. @throws invalid `format-conflict` */
export function chooseFormat({ codec, format }: OutwardOptions, { mediaType }: ImageManifest): ManifestFormat {
  if (codec === undefined || codec === 'gzip') return format ?? formatOf(mediaType)
  if (format !== 'v2s2') return 'oci'
  throw new EngineError({
    kind: 'invalid',
    code: 'format-conflict',
    message: 'compression using zstd, which is not compatible with the manifest type v2s2',
    hint: 'Leave out --format, or say: --format oci',
  })
}
