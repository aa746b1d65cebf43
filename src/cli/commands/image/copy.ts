// copy: an image from anywhere to anywhere, as skopeo does it.

import { writeFileSync } from 'node:fs'
import { defined } from '../../../base/defined.ts'
import { EngineError, invalid } from '../../../base/errors.ts'
import { defineCommand, type Options } from '../../command.ts'
import { copyDestinationOptions, toOutwardOptions, toTargetOptions } from '../../options/copy-destination.ts'
import { overridePlatformOptions, toOverriddenPlatform } from '../../options/override-platform.ts'
import { pushRefusedOptions, refusePushFlags } from '../../options/push-refused.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { toSideAccess, twoRegistriesOptions } from '../../options/two-registries.ts'

const daemonHost = {
  type: 'string',
  describe: 'Where docker-daemon: listens: unix://PATH or tcp://HOST:PORT (default: /var/run/docker.sock)',
  complete: 'none',
} as const

const options = {
  ...copyDestinationOptions,
  ...twoRegistriesOptions,
  ...overridePlatformOptions,
  ...pushRefusedOptions,
  all: { type: 'boolean', short: 'a', describe: 'Copy all images if the source is a list' },
  'dest-daemon-host': daemonHost,
  digestfile: {
    type: 'string',
    describe: 'Write the digest of the copied image to the specified file',
    complete: 'file',
  },
  'multi-arch': {
    type: 'string',
    describe: "Which images of a list are copied: system (the machine's) or all",
    complete: 'none',
  },
  quiet: quietOption('Suppress output information when copying images'),
  'src-daemon-host': daemonHost,
  'remove-signatures': { type: 'boolean', describe: 'Do not copy signatures: none are copied' },
} as const

type Given = Options<typeof options>

export default defineCommand({
  options,
  positionals: [
    { name: 'source-image', complete: 'image' },
    { name: 'destination-image', complete: 'image' },
  ],
  description:
    "A place is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH or docker-daemon:NAME:TAG, to read also containers-storage:[[DRIVER@]GRAPHROOT]NAME, podman's own store; a name without transport is an image of the store.",
  examples: [
    'gantry copy docker://quay.io/me/app:1 docker://registry.example.org/app:1',
    'gantry copy --all docker://docker.io/library/busybox oci:/tmp/busybox:latest',
    'gantry copy app dir:/tmp/app',
    'gantry copy docker://quay.io/me/app:1 docker-archive:/tmp/app.tar:quay.io/me/app:1',
  ],
  async run(open, { options: flags, args, given }) {
    refusePushFlags(given)
    const [from = '', to = ''] = args
    const platform = toOverriddenPlatform(flags)
    const access = { options: flags, given }
    const request = {
      ...{
        from,
        to,
        fromAccess: { ...toSideAccess(access, 'src'), ...defined({ daemonHost: flags['src-daemon-host'] }) },
      },
      toAccess: {
        ...toSideAccess(access, 'dest'),
        ...toTargetOptions(access, to),
        ...defined({ daemonHost: flags['dest-daemon-host'] }),
      },
    }
    const outward = toOutwardOptions(access)
    beQuietIf(flags.quiet)
    const engine = await open()
    const { copy } = await import('../../../engine/image/copy.ts')
    const digest = await copy(engine, request, {
      ...outward,
      isWhole: isWhole(flags),
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
