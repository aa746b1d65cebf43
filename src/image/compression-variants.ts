// The same image in an index twice, its layers packed otherwise: entries with zstd are marked, as the container tools agree. Pure.

import type { PlatformDescriptor } from './descriptor.ts'

type Codec = 'gzip' | 'zstd' | 'zstd:chunked'

const zstdMark = 'io.github.containers.compression.zstd'

/** What an entry does not say counts as gzip. */
function familyOfEntry({ annotations }: PlatformDescriptor): 'gzip' | 'zstd' {
  return annotations?.[zstdMark] === 'true' ? 'zstd' : 'gzip'
}

/** zstd:chunked is zstd for whoever looks at an index. */
function familyOf(codec: Codec): 'gzip' | 'zstd' {
  return codec === 'gzip' ? 'gzip' : 'zstd'
}

/** The entry's annotations where its layers are packed so. */
export function annotationsWith({ annotations }: PlatformDescriptor, codec: Codec): Readonly<Record<string, string>> {
  const { [zstdMark]: _, ...others } = annotations ?? {}
  return familyOf(codec) === 'zstd' ? { ...others, [zstdMark]: 'true' } : others
}

export interface EntryVariant {
  readonly entry: PlatformDescriptor
  readonly codec: Codec
}

/** What the index lacks of these: for each platform one of each. Artifacts have none. */
export function missingVariants(entries: readonly PlatformDescriptor[], codecs: readonly Codec[]): EntryVariant[] {
  const images = entries.filter(({ artifactType }) => artifactType === undefined)
  const key = (entry: PlatformDescriptor, family: 'gzip' | 'zstd') => JSON.stringify([entry.platform, family])
  const known = new Set(images.map((entry) => key(entry, familyOfEntry(entry))))
  return codecs.flatMap((codec) =>
    images.flatMap((entry) => {
      if (known.has(key(entry, familyOf(codec)))) return []
      known.add(key(entry, familyOf(codec)))
      return [{ entry, codec }]
    }),
  )
}
