// manifest push: a list, with its images, to a registry or another place.

import { invalid } from '../../../base/errors.ts'
import { writeResult } from '../../../os/atomic-file.ts'
import { defineCommand } from '../../command.ts'
import { listAccessOptions, toListAccess } from '../../options/list-access.ts'
import { packingOptions, toCodec, toManifestFormat, toPacking } from '../../options/packing.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { signingOptions, toSigning } from '../../options/signing.ts'

export default defineCommand({
  options: {
    ...listAccessOptions,
    ...packingOptions,
    ...signingOptions,
    'add-compression': {
      type: 'strings',
      value: 'strings',
      describe: 'Add instances with selected compression (gzip or zstd) while pushing',
      isCommaSeparated: true,
      complete: 'none',
    },
    all: { type: 'boolean', describe: 'Also push the images in the list', default: true },
    digestfile: {
      type: 'string',
      describe: 'Write the digest of the pushed list to the specified file',
      complete: 'file',
    },
    format: {
      type: 'string',
      short: 'f',
      describe: 'Manifest type (oci or v2s2) to use in the destination (default: that of the list and its images)',
      complete: 'none',
    },
    purge: { type: 'boolean', short: 'p', describe: 'Remove the list if the push succeeds', isHidden: true },
    quiet: quietOption('Suppress output information when pushing lists'),
    rm: { type: 'boolean', describe: 'Remove the list if the push succeeds' },
  },
  positionals: [
    { name: 'list', complete: 'image' },
    { name: 'destination', isOptional: true },
  ],
  description:
    'Copies a list and its images to a registry, or to where a transport says: docker:// oci: oci-archive: dir: Without a destination it goes where its name says.',
  examples: [
    'gantry manifest push mylist:v1.11 docker://quay.io/me/app:v1.11',
    'gantry manifest push --rm --digestfile digest quay.io/me/app:v1.11',
    'gantry manifest push --all=false mylist:v1.11 docker://quay.io/me/app:v1.11',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    const access = toListAccess(invocation)
    toPacking(invocation)
    const format = toManifestFormat(options.format)
    const addedCodecs = options['add-compression'].flatMap((text) => toCodec(text, '--add-compression') ?? [])
    const [list = '', destination = list] = args
    if (list === '') throw invalid('arguments-invalid', 'invalid image name ""')
    if (destination === '') throw invalid('arguments-invalid', 'invalid destination ""')
    const signing = await toSigning(options)
    beQuietIf(options.quiet)
    const engine = await open()
    const { pushList } = await import('../../../engine/manifest/push.ts')
    const packing = toPacking(invocation, engine.settings.compression)
    const digest = await pushList(
      engine,
      { list, destination },
      {
        ...access,
        ...packing,
        addedCodecs,
        signing,
        areSignaturesDropped: options['remove-signatures'],
        selection: options.all ? 'all' : 'index-only',
        isRemoved: options.rm || options.purge,
        ...(format === undefined ? {} : { format }),
      },
    )
    const { digestfile } = options
    if (digestfile !== undefined && digestfile !== '') writeResult(digestfile, digest)
    return 0
  },
})
