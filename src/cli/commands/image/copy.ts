// copy: an image from anywhere to anywhere, as skopeo does it.

import { writeFileSync } from 'node:fs'
import { EngineError, invalid } from '../../../base/errors.ts'
import { hostPlatform, normalize, type Platform } from '../../../image/platform.ts'
import { defineCommand, type Options } from '../../command.ts'
import { toManifestFormat, toPacking } from '../../options/packing.ts'
import { pushRefusedOptions, refusePushFlags } from '../../options/push-refused.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { signingOptions, toSigning } from '../../options/signing.ts'
import { toSideAccess, twoRegistriesOptions } from '../../options/two-registries.ts'

const options = {
  ...twoRegistriesOptions,
  ...pushRefusedOptions,
  ...signingOptions,
  all: { type: 'boolean', short: 'a', describe: 'Copy all images if the source is a list' },
  'dest-compress': { type: 'boolean', describe: "Compress plain layers when copying to a directory with 'dir'" },
  'dest-compress-format': { type: 'string', describe: 'Compression format to use: gzip or zstd', complete: 'none' },
  'dest-compress-level': { type: 'number', value: 'int', describe: 'Compression level to use' },
  digestfile: {
    type: 'string',
    describe: 'Write the digest of the copied image to the specified file',
    complete: 'file',
  },
  format: {
    type: 'string',
    short: 'f',
    describe: 'Manifest type (oci or v2s2) to use in the destination (default: that of the source)',
    complete: 'none',
  },
  'multi-arch': {
    type: 'string',
    describe: "Which images of a list are copied: system (the machine's) or all",
    complete: 'none',
  },
  'override-arch': { type: 'string', describe: "Choose that architecture's image of a list", complete: 'none' },
  'override-os': { type: 'string', describe: "Choose that operating system's image of a list", complete: 'none' },
  'override-variant': { type: 'string', describe: "Choose that variant's image of a list", complete: 'none' },
  'preserve-digests': { type: 'boolean', describe: 'Fail rather than change the digest' },
  quiet: quietOption('Suppress output information when copying images'),
  'sign-identity': {
    type: 'string',
    describe: 'Fully qualified name to sign (default: that of the destination)',
    complete: 'none',
  },
} as const

type Given = Options<typeof options>

export default defineCommand({
  options,
  positionals: [
    { name: 'source-image', complete: 'image' },
    { name: 'destination-image', complete: 'image' },
  ],
  description:
    'A place is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME] (to read) or dir:PATH; a name without transport is an image of the store.',
  examples: [
    'gantry copy docker://quay.io/me/app:1 docker://registry.example.org/app:1',
    'gantry copy --all docker://docker.io/library/busybox oci:/tmp/busybox:latest',
    'gantry copy app dir:/tmp/app',
  ],
  async run(open, { options: flags, args, given }) {
    refusePushFlags(given)
    const [from = '', to = ''] = args
    const packing = toPacking({
      options: {
        'compression-format': flags['dest-compress-format'],
        'compression-level': flags['dest-compress-level'],
        'force-compression': false,
      },
      given: new Set(),
    })
    const format = toManifestFormat(flags.format)
    const platform = toOverride(flags)
    const access = { options: flags, given }
    const request = {
      ...{ from, to, fromAccess: toSideAccess(access, 'src') },
      toAccess: { ...toSideAccess(access, 'dest'), areLayersCompressed: flags['dest-compress'] },
    }
    const { 'sign-identity': identity } = flags
    const signing = { ...(await toSigning(flags)), ...(identity === undefined ? {} : { identity }) }
    beQuietIf(flags.quiet)
    const engine = await open()
    const { copy } = await import('../../../engine/image/copy.ts')
    const digest = await copy(engine, request, {
      ...packing,
      signing,
      areSignaturesDropped: flags['remove-signatures'],
      isWhole: isWhole(flags),
      isDigestKept: flags['preserve-digests'],
      ...(format === undefined ? {} : { format }),
      ...(platform === undefined ? {} : { platform }),
    })
    if (flags.digestfile !== undefined && flags.digestfile !== '') writeFileSync(flags.digestfile, digest)
    return 0
  },
})

function isWhole({ all, 'multi-arch': choice }: Given): boolean {
  if (choice === undefined || choice === '') return all
  if (all) throw invalid('flags-conflict', 'cannot use --all and --multi-arch flags together')
  if (choice === 'system' || choice === 'all') return choice === 'all'
  if (choice === 'index-only') {
    throw new EngineError({
      kind: 'unsupported',
      code: 'flag-unsupported',
      message: '--multi-arch index-only is not supported: a list without its images is of no use to anybody here',
    })
  }
  throw invalid('flag-invalid', `unknown multi-arch option "${choice}". Choose one of: 'system' or 'all'`)
}

function toOverride(flags: Given): Platform | undefined {
  const { 'override-arch': architecture, 'override-os': os, 'override-variant': variant } = flags
  if (architecture === undefined && os === undefined && variant === undefined) return undefined
  const host = hostPlatform()
  return normalize({
    os: os ?? host.os,
    architecture: architecture ?? host.architecture,
    ...(variant === undefined ? {} : { variant }),
  })
}
