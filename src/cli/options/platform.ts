// Which image of an index is meant: --platform, or --os, --arch and --variant.

import { invalid } from '../../base/errors.ts'
import { hostPlatform, normalize, type Platform, parsePlatform } from '../../image/platform.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const platformOptions = defineOptions({
  arch: {
    type: 'string',
    value: 'ARCH',
    describe: 'Use ARCH instead of the architecture of the machine for choosing images',
    complete: 'none',
  },
  os: {
    type: 'string',
    value: 'OS',
    describe: 'Use OS instead of the running OS for choosing images',
    complete: 'none',
  },
  platform: {
    type: 'string',
    describe: 'Specify the platform for selecting the image.  (Conflicts with arch and os)',
    complete: 'none',
  },
  variant: {
    type: 'string',
    describe: 'Use VARIANT instead of the running architecture variant for choosing images',
    complete: 'none',
  },
})

/** undefined when nothing was said. @throws invalid `platform-conflict`, `platform-malformed` */
export function toPlatform({ options }: Pick<Invocation<typeof platformOptions>, 'options'>): Platform | undefined {
  const [arch, os, platform, variant] = [options.arch, options.os, options.platform, options.variant].map(
    (text) => text || undefined,
  )
  if (platform !== undefined) {
    if (arch !== undefined || os !== undefined) {
      throw invalid('platform-conflict', '--platform option can not be specified with --arch or --os')
    }
    return parsePlatform(platform)
  }
  if (arch === undefined && os === undefined && variant === undefined) return undefined
  const host = hostPlatform()
  return normalize({
    os: os ?? host.os,
    architecture: arch ?? host.architecture,
    ...(variant === undefined ? {} : { variant }),
  })
}
