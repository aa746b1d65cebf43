// The flags that say how an image's layers and manifest leave the store.

import { EngineError, invalid } from '../../base/errors.ts'
import type { Settings } from '../../engine/settings.ts'
import type { ManifestFormat } from '../../image/convert-manifest.ts'
import type { Packing, PackingCodec } from '../../transport/choose-packing.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const packingOptions = defineOptions({
  'compression-format': {
    type: 'string',
    describe:
      'Compression format to use: gzip, zstd or zstd:chunked (default: as it is in the store; plain layers gzip)',
    complete: 'none',
  },
  'compression-level': {
    type: 'number',
    value: 'int',
    describe: 'Compression level to use: 1 to 9 for gzip, 1 to 20 for zstd and zstd:chunked',
  },
  'force-compression': {
    type: 'boolean',
    describe:
      'Compress layers anew that are compressed in another format (default: with --compression-format true, else false)',
  },
})

/** `configured`: containers.conf's; a format that only it names is no reason to pack anew. @throws invalid `flag-invalid`; unsupported `flag-unsupported` */
export function toPacking(
  { options, given }: Pick<Invocation<typeof packingOptions>, 'options' | 'given'>,
  configured: Settings['compression'] = {},
): Packing {
  const chosen = toCodec(options['compression-format'])
  const codec = chosen ?? toCodec(configured.format)
  const level = options['compression-level'] ?? configured.level
  if (level !== undefined) checkLevel(level, codec ?? 'gzip')
  const isForced = given.has('force-compression') ? options['force-compression'] : chosen !== undefined
  return { isForced, ...(codec === undefined ? {} : { codec }), ...(level === undefined ? {} : { level }) }
}

/** @throws invalid `flag-invalid`; unsupported `flag-unsupported` */
export function toCodec(text: string | undefined, flag = '--compression-format'): PackingCodec | undefined {
  if (text === undefined || text === '') return undefined
  if (text === 'gzip' || text === 'zstd' || text === 'zstd:chunked') return text
  if (['bzip2', 'xz'].includes(text)) {
    throw new EngineError({
      kind: 'unsupported',
      code: 'flag-unsupported',
      message: `${flag} ${text} is not supported: layers are written as gzip, zstd or zstd:chunked`,
    })
  }
  throw invalid('flag-invalid', `cannot find compressor for "${text}": ${flag} is gzip, zstd or zstd:chunked`)
}

function checkLevel(level: number, codec: PackingCodec): void {
  const most = codec === 'gzip' ? 9 : 20
  if (Number.isInteger(level) && level >= 1 && level <= most) return
  throw invalid('flag-invalid', `--compression-level ${level}: ${codec} has levels from 1 to ${most}`)
}

/** @throws invalid `flag-invalid`; unsupported `flag-unsupported` */
export function toManifestFormat(text: string | undefined): ManifestFormat | undefined {
  if (text === undefined || text === '') return undefined
  if (text === 'oci') return 'oci'
  if (text === 'v2s2' || text === 'docker') return 'v2s2'
  if (text === 'v2s1') {
    throw new EngineError({
      kind: 'unsupported',
      code: 'flag-unsupported',
      message: '--format v2s1 is not supported: Docker gave up schema 1 in 2017, and registries take it no more',
    })
  }
  throw invalid('flag-invalid', `unknown format "${text}". Choose one of the supported formats: 'oci' or 'v2s2'`)
}
