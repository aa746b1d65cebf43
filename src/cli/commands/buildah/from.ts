// buildah from: a working container of an image.

import { writeFileSync } from 'node:fs'
import { invalid } from '../../../base/errors.ts'
import type { PullPolicy } from '../../../engine/image/pull.ts'
import { defineCommand } from '../../command.ts'
import { decryptionOptions, toKeyAccess } from '../../options/encryption.ts'
import { toPlatform } from '../../options/platform.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { registryOptions, toRegistryAccess } from '../../options/registry-access.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    ...registryOptions,
    ...decryptionOptions,
    arch: { type: 'string', value: 'architecture', describe: 'Take the image for this architecture', complete: 'none' },
    cidfile: { type: 'string', value: 'file', describe: 'Write the container id to a file', complete: 'file' },
    format: { type: 'string', default: 'oci', describe: 'Of the image to come: oci or docker', complete: 'none' },
    name: { type: 'string', describe: 'Name of the working container', complete: 'none' },
    os: { type: 'string', value: 'OS', describe: 'Take the image for this system', complete: 'none' },
    platform: {
      type: 'string',
      value: 'OS/ARCH[/VARIANT]',
      describe: 'Take the image for this platform',
      complete: 'none',
    },
    pull: {
      type: 'string',
      value: 'policy',
      bare: 'true',
      default: 'missing',
      describe: 'When to pull: always, missing, never, newer',
    },
    'pull-always': { type: 'boolean', describe: 'Pull, whatever is there' },
    'pull-never': { type: 'boolean', describe: 'Do not pull' },
    quiet: quietOption('Suppress progress output'),
    variant: { type: 'string', describe: 'Take the image for this variant of the architecture', complete: 'none' },
  },
  positionals: [{ name: 'image', complete: 'image' }],
  description: 'Prints the name of the working container. It starts as the image, or empty from scratch.',
  examples: [
    'gantry buildah from fedora',
    'gantry buildah from --name web docker.io/library/nginx',
    'gantry buildah from scratch',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    const { format, name } = options
    if (format !== 'oci' && format !== 'docker') {
      throw invalid('format-invalid', `unrecognized image type ${JSON.stringify(format)}: it is oci or docker`)
    }
    beQuietIf(options.quiet)
    const engine = await open()
    const { from } = await import('../../../engine/working/from.ts')
    const platform = toPlatform(invocation as never)
    const created = await from(engine, {
      image: args[0] ?? '',
      ...(name === undefined || name === '' ? {} : { name }),
      pull: policyOf(options),
      access: { ...toRegistryAccess(invocation as never), ...toKeyAccess(options) },
      format,
      ...(platform === undefined
        ? {}
        : { platform: [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/') }),
    })
    if (options.cidfile !== undefined) writeFileSync(options.cidfile, created.id)
    printLine(created.name)
    return 0
  },
})

interface PullWords {
  readonly pull: string
  readonly 'pull-always': boolean
  readonly 'pull-never': boolean
}

const policies: Readonly<Record<string, PullPolicy>> = {
  true: 'missing',
  false: 'never',
  always: 'always',
  missing: 'missing',
  ifmissing: 'missing',
  never: 'never',
  newer: 'newer',
  ifnewer: 'newer',
}

function policyOf(words: PullWords): PullPolicy {
  if (words['pull-always']) return 'always'
  if (words['pull-never']) return 'never'
  const policy = policies[words.pull.toLowerCase()]
  if (policy !== undefined) return policy
  throw invalid('pull-policy-invalid', `unrecognized pull policy ${JSON.stringify(words.pull)}`)
}
