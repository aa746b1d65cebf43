// The same image in an index twice, its layers packed otherwise: entries with zstd are marked, as the container tools agree. Pure.

import type { PlatformDescriptor } from './descriptor.ts'

type Codec = 'gzip' | 'zstd'

const zstdMark = 'io.github.containers.compression.zstd'

/** What an entry does not say counts as gzip. */
function codecOfEntry({ annotations }: PlatformDescriptor): Codec {
  return annotations?.[zstdMark] === 'true' ? 'zstd' : 'gzip'
}

/** The entry's annotations where its layers are packed so. */
export function annotationsWith({ annotations }: PlatformDescriptor, codec: Codec): Readonly<Record<string, string>> {
  const { [zstdMark]: _, ...others } = annotations ?? {}
  return codec === 'zstd' ? { ...others, [zstdMark]: 'true' } : others
}

export interface EntryVariant {
  readonly entry: PlatformDescriptor
  readonly codec: Codec
}

/** What the index lacks of these: for each platform one of each. Artifacts have none. */
export function missingVariants(entries: readonly PlatformDescriptor[], codecs: readonly Codec[]): EntryVariant[] {
  const images = entries.filter(({ artifactType }) => artifactType === undefined)
  const key = (entry: PlatformDescriptor, codec: Codec) => JSON.stringify([entry.platform, codec])
  const known = new Set(images.map((entry) => key(entry, codecOfEntry(entry))))
  return codecs.flatMap((codec) =>
    images.flatMap((entry) => {
      if (known.has(key(entry, codec))) return []
      known.add(key(entry, codec))
      return [{ entry, codec }]
    }),
  )
}
