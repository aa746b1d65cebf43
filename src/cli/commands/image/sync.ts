// sync: many images from one place to another, as skopeo does it.

import { appendFileSync, writeFileSync } from 'node:fs'
import { invalid } from '../../../base/errors.ts'
import type { SyncRequest } from '../../../engine/image/sync.ts'
import { defineCommand } from '../../command.ts'
import { overridePlatformOptions, toOverriddenPlatform } from '../../options/override-platform.ts'
import { toManifestFormat } from '../../options/packing.ts'
import { signingOptions, toSigning } from '../../options/signing.ts'
import { openAsAsked } from '../../options/skopeo-program.ts'
import { toSideAccess, twoRegistriesOptions } from '../../options/two-registries.ts'
import { complain } from '../../render/print.ts'

const sources = ['docker', 'dir', 'yaml'] as const
const destinations = ['docker', 'dir'] as const

export default defineCommand({
  options: {
    ...twoRegistriesOptions,
    ...overridePlatformOptions,
    ...signingOptions,
    all: { type: 'boolean', short: 'a', describe: 'Copy all images of a list' },
    'append-suffix': {
      type: 'string',
      describe: 'Text that follows the tags, or folders, at the destination',
      default: '',
      complete: 'none',
    },
    dest: {
      type: 'string',
      short: 'd',
      describe: `Where the images go: ${destinations.join(' or ')}`,
      complete: 'none',
    },
    digestfile: {
      type: 'string',
      describe: 'Write digest and place of each image that was copied to the specified file',
      complete: 'file',
    },
    'dry-run': { type: 'boolean', describe: 'Say what would be copied, and copy nothing' },
    format: {
      type: 'string',
      short: 'f',
      describe: 'Manifest type (oci or v2s2) to use in the destination (default: that of the source)',
      complete: 'none',
    },
    'keep-going': { type: 'boolean', describe: 'Go on with the others when an image cannot be copied' },
    'preserve-digests': { type: 'boolean', describe: 'Fail rather than change a digest' },
    scoped: { type: 'boolean', describe: 'Keep the whole path of the images below the destination' },
    src: { type: 'string', short: 's', describe: 'Where the images are: docker, dir or yaml', complete: 'none' },
  },
  positionals: [
    { name: 'source', complete: 'file' },
    { name: 'destination', complete: 'folder' },
  ],
  description:
    'From docker: a repository with all its tags, or one image. From dir: every image in a tree of folders. From yaml: a file that lists registries with their images, images-by-tag-regex, images-by-semver, credentials, tls-verify and cert-dir.',
  examples: [
    'gantry sync --src docker --dest dir --scoped registry.example.com/busybox /media/usb',
    'gantry sync --src yaml --dest docker --all images.yaml registry.example.com/mirror',
  ],
  async run(open, { options, args, given }) {
    const [from = '', to = ''] = args
    const source = { kind: chosen('src', sources, options.src), place: from }
    const destination = { kind: chosen('dest', destinations, options.dest), place: to }
    if (source.kind === 'dir' && destination.kind === 'dir') {
      throw invalid('flags-conflict', "sync from 'dir' to 'dir' is not supported", 'Copy the folder: cp -a or rsync.')
    }
    const format = toManifestFormat(options.format)
    const platform = toOverriddenPlatform(options)
    const request = {
      source,
      destination,
      fromAccess: toSideAccess({ options, given }, 'src'),
      toAccess: toSideAccess({ options, given }, 'dest'),
      isScoped: options.scoped,
      suffix: options['append-suffix'],
      isDryRun: options['dry-run'],
      keepsGoing: options['keep-going'],
    }
    const signing = await toSigning(options)
    const engine = await openAsAsked(open, { options, given })()
    const { sync } = await import('../../../engine/image/sync.ts')
    const digests = digestLines(request.isDryRun ? undefined : options.digestfile)
    const count = await sync(
      engine,
      { ...request, onCopied: digests },
      {
        selection: options.all ? 'all' : 'system',
        signing,
        areSignaturesDropped: options['remove-signatures'],
        isDigestKept: options['preserve-digests'],
        ...(format === undefined ? {} : { format }),
        ...(platform === undefined ? {} : { platform }),
      },
    )
    complain(`${request.isDryRun ? 'Would have synced' : 'Synced'} ${count} images\n`)
    return 0
  },
})

/** The file is emptied at once, and holds what was copied also when the rest fails. */
function digestLines(path: string | undefined): SyncRequest['onCopied'] {
  if (path === undefined || path === '') return () => undefined
  writeFileSync(path, '')
  return ({ digest, place }) => appendFileSync(path, `${digest} ${place}\n`)
}

function chosen<T extends string>(flag: string, known: readonly T[], text: string | undefined): T {
  const found = known.find((one) => one === text)
  if (found !== undefined) return found
  throw invalid(
    'flag-invalid',
    `--${flag} ${text === undefined ? 'is missing' : `'${text}' is not known`}: ${known.join(' or ')}`,
  )
}
