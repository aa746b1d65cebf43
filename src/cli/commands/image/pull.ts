// pull: images from registries and other places into the store.

import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { decryptionOptions, toKeyAccess } from '../../options/encryption.ts'
import { platformOptions, toPlatform } from '../../options/platform.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { registryOptions, toRegistryAccess } from '../../options/registry-access.ts'
import { printError } from '../../render/error.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    ...registryOptions,
    ...platformOptions,
    ...decryptionOptions,
    'all-tags': { type: 'boolean', short: 'a', describe: 'All tagged images in the repository will be pulled' },
    'disable-content-trust': {
      type: 'boolean',
      describe: 'Accepted for compatibility with docker: there is no content trust to disable',
    },
    quiet: quietOption('Suppress output information when pulling images'),
  },
  positionals: [{ name: 'image', isVariadic: true, complete: 'image' }],
  description:
    'Fetches images from registries, or from where a transport says: docker:// oci: oci-archive: docker-archive: dir: docker-daemon: containers-storage:',
  examples: [
    'gantry pull docker.io/library/busybox',
    'gantry pull --platform linux/arm64 quay.io/fedora/fedora:42',
    'gantry pull oci-archive:/tmp/image.tar',
    'gantry pull --decryption-key me.pem quay.io/me/secret:1',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    const access = { ...toRegistryAccess(invocation), ...toKeyAccess(options) }
    const platform = toPlatform(invocation)
    beQuietIf(options.quiet)
    const engine = await open()
    const { pull } = await import('../../../engine/image/pull.ts')
    let exitCode = 0
    for (const image of args) {
      try {
        const pulled = await pull(engine, image, {
          ...access,
          policy: 'always',
          areAllTags: options['all-tags'],
          ...(platform === undefined ? {} : { platform }),
        })
        for (const { record } of pulled) printLine(record.id)
      } catch (error) {
        engine.signal.throwIfAborted()
        printError(error)
        exitCode = exitCodes.failed
      }
    }
    return exitCode
  },
})
