// push: an image of the store to a registry or another place.

import { defined } from '../../../base/defined.ts'
import { invalid } from '../../../base/errors.ts'
import { writeResult } from '../../../os/atomic-file.ts'
import { defineCommand } from '../../command.ts'
import { encryptionOptions, toEncryption } from '../../options/encryption.ts'
import { packingOptions, toManifestFormat, toPacking } from '../../options/packing.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { pushRetryOptions, registryOptions, toRegistryAccess } from '../../options/registry-access.ts'
import { signingOptions, toSigning } from '../../options/signing.ts'

export default defineCommand({
  options: {
    ...registryOptions,
    ...pushRetryOptions,
    ...packingOptions,
    ...encryptionOptions,
    ...signingOptions,
    compress: {
      type: 'boolean',
      describe: "Compress layers when pushing to a directory using the 'dir' transport (default: as they are)",
    },
    digestfile: {
      type: 'string',
      describe: 'Write the digest of the pushed image to the specified file',
      complete: 'file',
    },
    'disable-content-trust': {
      type: 'boolean',
      describe: 'Accepted for compatibility with docker: there is no content trust to disable',
    },
    format: {
      type: 'string',
      short: 'f',
      describe: 'Manifest type (oci or v2s2) to use in the destination (default: that of the image)',
      complete: 'none',
    },
    quiet: quietOption('Suppress output information when pushing images'),
  },
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'destination', isOptional: true },
  ],
  description:
    'Copies an image to a registry, or to where a transport says: docker:// oci: oci-archive: docker-archive: dir: docker-daemon: Without a destination it goes where its name says.',
  examples: [
    'gantry push quay.io/me/app:1',
    'gantry push app docker://registry.example.org/team/app:1',
    'gantry push --creds me:secret --digestfile digest app localhost:5000/app',
    'gantry push app oci-archive:/tmp/app.tar:app:1',
    'gantry push --sign-by me@example.org quay.io/me/app:1',
    'gantry push --encryption-key jwe:public.pem quay.io/me/secret:1',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    const access = toRegistryAccess(invocation)
    toPacking(invocation)
    const format = toManifestFormat(options.format)
    const [image = '', destination = image] = args
    if (options.compress && /^(oci|oci-archive|docker-archive):/.test(destination)) {
      throw invalid('flag-invalid', "--compress can only be set when pushing with the 'dir' transport")
    }
    const encryption = await toEncryption(options)
    const signing = await toSigning(options)
    beQuietIf(options.quiet)
    const engine = await open()
    const { push } = await import('../../../engine/image/push.ts')
    const what = { image, destination }
    const packing = toPacking(invocation, engine.settings.compression)
    const { digest } = await push(engine, what, {
      ...access,
      ...packing,
      signing,
      areSignaturesDropped: options['remove-signatures'],
      ...(options.compress ? { directoryPacking: 'gzip plain ones' } : {}),
      ...defined({ format, encryption }),
    })
    const { digestfile } = options
    if (digestfile !== undefined && digestfile !== '') writeResult(digestfile, digest)
    return 0
  },
})
