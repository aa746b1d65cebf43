// The flags of `copy` that say how an image looks at its destination, as skopeo has them.

import { invalid } from '../../base/errors.ts'
import type { TargetOptions } from '../../engine/image/outward-target.ts'
import type { OutwardOptions } from '../../transport/copy-to-target.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { toManifestFormat, toPacking } from './packing.ts'

export const copyDestinationOptions = defineOptions({
  'additional-tag': {
    type: 'strings',
    isCommaSeparated: true,
    describe: "Further reference for the image: with a 'docker-archive' as destination, or the store",
    complete: 'none',
  },
  'dest-compress': { type: 'boolean', describe: "Compress plain layers when copying to a directory with 'dir'" },
  'dest-compress-format': {
    type: 'string',
    describe: 'Compression format to use: gzip, zstd or zstd:chunked',
    complete: 'none',
  },
  'dest-compress-level': { type: 'number', value: 'int', describe: 'Compression level to use' },
  'dest-decompress': { type: 'boolean', describe: "Unpack compressed layers when copying to a directory with 'dir'" },
  'dest-force-compress-format': {
    type: 'boolean',
    describe: 'Compress layers anew that are compressed in another format (default: with --dest-compress-format true)',
  },
  'dest-oci-accept-uncompressed-layers': {
    type: 'boolean',
    describe: "Leave plain layers as they are when copying to 'oci' or 'oci-archive' (default: they are gzipped)",
  },
  'dest-precompute-digests': {
    type: 'boolean',
    describe: 'Know the digest of a layer that is compressed anew before it goes out: always so',
  },
  format: {
    type: 'string',
    short: 'f',
    describe:
      'Manifest type (oci or v2s2) to use in the destination (default: that of the source, or the one that a registry takes)',
    complete: 'none',
  },
  'image-parallel-copies': {
    type: 'number',
    value: 'uint',
    describe: 'How many blobs are under way at once, at most (default: 6 to or from a registry)',
  },
  'preserve-digests': { type: 'boolean', describe: 'Fail rather than change the digest' },
})

type Given = Pick<Invocation<typeof copyDestinationOptions>, 'options' | 'given'>

/** What is special to one transport. @throws invalid `flags-conflict` where the destination is another one */
export function toTargetOptions({ options, given }: Given, destination: string): TargetOptions {
  for (const [flag, transports] of Object.entries(onlyFor)) {
    if (given.has(flag) && !transports.test(destination)) throw notThere(flag, destination)
  }
  const { 'dest-compress': isGzipped, 'dest-decompress': isUnpacked } = options
  if (isGzipped && isUnpacked)
    throw invalid('flags-conflict', 'cannot use --dest-compress and --dest-decompress together')
  return {
    arePlainLayersKept: options['dest-oci-accept-uncompressed-layers'],
    additionalTags: options['additional-tag'],
    ...(isGzipped ? { directoryPacking: 'gzip plain ones' } : {}),
    ...(isUnpacked ? { directoryPacking: 'unpack' } : {}),
  }
}

const onlyFor: Readonly<Record<string, RegExp>> = {
  'additional-tag': /^docker-archive:|^(?!(docker|oci|oci-archive|dir|docker-daemon):)/,
  'dest-compress': /^dir:/,
  'dest-decompress': /^dir:/,
  'dest-oci-accept-uncompressed-layers': /^oci(-archive)?:/,
}

function notThere(flag: string, destination: string) {
  return invalid('flags-conflict', `--${flag} means nothing for '${destination.slice(0, 300)}'`, 'Leave it out.')
}

/** @throws invalid `flag-invalid`; unsupported `flag-unsupported` */
export function toOutwardOptions({ options, given }: Given): OutwardOptions {
  const isForced = given.has('dest-force-compress-format')
  const packing = toPacking({
    options: {
      'compression-format': options['dest-compress-format'],
      'compression-level': options['dest-compress-level'],
      'force-compression': options['dest-force-compress-format'],
    },
    given: new Set(isForced ? ['force-compression'] : []),
  })
  const format = toManifestFormat(options.format)
  const parallelBlobs = options['image-parallel-copies']
  if (parallelBlobs !== undefined && !(Number.isInteger(parallelBlobs) && parallelBlobs >= 0))
    throw invalid('flag-invalid', `--image-parallel-copies ${parallelBlobs}: it counts blobs`)
  return {
    ...packing,
    isDigestKept: options['preserve-digests'],
    ...(format === undefined ? {} : { format }),
    ...(parallelBlobs ? { parallelBlobs } : {}),
  }
}
