// Which image of a list is meant, in skopeo's flags.

import type { Platform } from '../../image/platform.ts'
import { defineOptions, type Options } from '../command.ts'
import { toPlatform } from './platform.ts'

export const overridePlatformOptions = defineOptions({
  'override-arch': { type: 'string', describe: "Choose that architecture's image of a list", complete: 'none' },
  'override-os': { type: 'string', describe: "Choose that operating system's image of a list", complete: 'none' },
  'override-variant': { type: 'string', describe: "Choose that variant's image of a list", complete: 'none' },
})

/** undefined when nothing was said. */
export function toOverriddenPlatform(flags: Options<typeof overridePlatformOptions>): Platform | undefined {
  const { 'override-arch': arch, 'override-os': os, 'override-variant': variant } = flags
  return toPlatform({ options: { arch, os, variant, platform: undefined } })
}
