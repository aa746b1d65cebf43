// copy: an image from anywhere to anywhere, as skopeo does it.

import { defined } from '../../../base/defined.ts'
import { invalid } from '../../../base/errors.ts'
import { writeResult } from '../../../os/atomic-file.ts'
import type { ListSelection } from '../../../transport/copy-to-target.ts'
import { defineCommand, type Options } from '../../command.ts'
import { copyDestinationOptions, toOutwardOptions, toTargetOptions } from '../../options/copy-destination.ts'
import { decryptionOptions, encryptionOptions, toDecryptionKeys, toEncryption } from '../../options/encryption.ts'
import { overridePlatformOptions, toOverriddenPlatform } from '../../options/override-platform.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { signingOptions, toSigning } from '../../options/signing.ts'
import { openAsAsked } from '../../options/skopeo-program.ts'
import { toSideAccess, twoRegistriesOptions } from '../../options/two-registries.ts'

const daemonHost = {
  type: 'string',
  describe: 'Where docker-daemon: listens: unix://PATH or tcp://HOST:PORT (default: /var/run/docker.sock)',
  complete: 'none',
} as const

const sharedBlobs = {
  type: 'string',
  describe: 'Folder of blobs that several oci: layouts share, in place of their own blobs/',
  complete: 'folder',
} as const

const options = {
  ...copyDestinationOptions,
  ...twoRegistriesOptions,
  ...overridePlatformOptions,
  ...encryptionOptions,
  ...decryptionOptions,
  ...signingOptions,
  all: { type: 'boolean', short: 'a', describe: 'Copy all images if the source is a list' },
  'dest-daemon-host': daemonHost,
  'dest-shared-blob-dir': sharedBlobs,
  digestfile: {
    type: 'string',
    describe: 'Write the digest of the copied image to the specified file',
    complete: 'file',
  },
  'multi-arch': {
    type: 'string',
    describe:
      "What of a list is copied: system (the machine's image), all, or index-only (the list without its images)",
    complete: 'none',
  },
  quiet: quietOption('Suppress output information when copying images'),
  'src-daemon-host': daemonHost,
  'src-shared-blob-dir': sharedBlobs,
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
    "A place is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH or docker-daemon:NAME:TAG, to read also containers-storage:[[DRIVER@]GRAPHROOT]NAME, podman's own store; a name without transport is an image of the store. With --decryption-key and --encryption-key together, layers that are encrypted stay so, and may be opened by the new recipients too.",
  examples: [
    'gantry copy docker://quay.io/me/app:1 docker://registry.example.org/app:1',
    'gantry copy --all docker://docker.io/library/busybox oci:/tmp/busybox:latest',
    'gantry copy app dir:/tmp/app',
    'gantry copy docker://quay.io/me/app:1 docker-archive:/tmp/app.tar:quay.io/me/app:1',
    'gantry copy --decryption-key me.pem docker://quay.io/me/secret:1 dir:/tmp/open',
  ],
  async run(open, { options: flags, args, given }) {
    const [from = '', to = ''] = args
    const platform = toOverriddenPlatform(flags)
    const access = { options: flags, given }
    const request = {
      from,
      to,
      fromAccess: {
        ...toSideAccess(access, 'src'),
        ...defined({ daemonHost: flags['src-daemon-host'], sharedBlobs: shared(flags, 'src', from) }),
      },
      toAccess: {
        ...toSideAccess(access, 'dest'),
        ...toTargetOptions(access, to),
        ...defined({ daemonHost: flags['dest-daemon-host'], sharedBlobs: shared(flags, 'dest', to) }),
      },
    }
    const outward = toOutwardOptions(access)
    const { 'sign-identity': identity } = flags
    const [encryption, decryptionKeys] = [await toEncryption(flags), await toDecryptionKeys(flags)]
    const signing = { ...(await toSigning(flags)), ...(identity === undefined ? {} : { identity }) }
    beQuietIf(flags.quiet)
    const engine = await openAsAsked(open, access)()
    const { copy } = await import('../../../engine/image/copy.ts')
    const digest = await copy(engine, request, {
      ...outward,
      signing,
      areSignaturesDropped: flags['remove-signatures'],
      selection: toSelection(flags),
      ...defined({ platform, encryption, decryptionKeys }),
    })
    if (flags.digestfile !== undefined && flags.digestfile !== '') writeResult(flags.digestfile, digest)
    return 0
  },
})

/** @throws invalid `flags-conflict` where there is no layout */
function shared(flags: Given, side: 'src' | 'dest', place: string): string | undefined {
  const folder = flags[`${side}-shared-blob-dir`]
  if (folder === undefined || folder === '') return undefined
  if (place.startsWith('oci:')) return folder
  throw invalid('flags-conflict', `--${side}-shared-blob-dir means nothing for '${place}': it is for oci:`)
}

function toSelection({ all, 'multi-arch': choice }: Given): ListSelection {
  if (choice === undefined || choice === '') return all ? 'all' : 'system'
  if (all) throw invalid('flags-conflict', 'cannot use --all and --multi-arch flags together')
  if (choice === 'system' || choice === 'all' || choice === 'index-only') return choice
  throw invalid(
    'flag-invalid',
    `unknown multi-arch option "${choice}". Choose one of the supported options: 'system', 'all', or 'index-only'`,
  )
}
