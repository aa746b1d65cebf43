// The flags that say what a manifest list tells of an entry.

import { invalid } from '../../base/errors.ts'
import type { EntryNotes } from '../../image/edit-manifest-list.ts'
import { defineOptions, type Options } from '../command.ts'

const text = (value: string, describe: string) => ({ type: 'string', value, describe, complete: 'none' }) as const
const texts = (describe: string) =>
  ({ type: 'strings', value: 'strings', describe, isCommaSeparated: true, complete: 'none' }) as const

export const listEntryOptions = defineOptions({
  annotation: {
    type: 'strings',
    value: 'annotation',
    describe: 'Set an annotation (KEY=VALUE) for the specified image',
    complete: 'none',
  },
  arch: text('architecture', 'Override the architecture of the specified image'),
  features: texts('Override the features of the specified image'),
  os: text('OS', 'Override the OS of the specified image'),
  'os-version': text('version', 'Override the OS version of the specified image'),
  variant: text('Variant', 'Override the variant of the specified image'),
})

export const osFeaturesOption = texts('Override the OS features of the specified image')

type Given = Omit<Options<typeof listEntryOptions>, 'annotation'> & { readonly 'os-features'?: readonly string[] }

/** What is empty is left as it is; another architecture has no variant unless one is named. */
export function toPlatformNotes(given: Given): NonNullable<EntryNotes['platform']> {
  const { arch, variant, os, features, 'os-version': osVersion, 'os-features': osFeatures = [] } = given
  return {
    ...(arch ? { architecture: arch } : {}),
    ...(arch || variant ? { variant: variant ?? '' } : {}),
    ...(os ? { os } : {}),
    ...(osVersion ? { osVersion } : {}),
    ...(osFeatures.length === 0 ? {} : { osFeatures }),
    ...(features.length === 0 ? {} : { features }),
  }
}

/** `complain` makes the message for one without `=`. @throws invalid `flag-invalid` */
export function toAnnotations(
  pairs: readonly string[],
  complain: (pair: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at === -1) throw invalid('flag-invalid', complain(pair))
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

export function notAPair(pair: string): string {
  return `expected --annotation ${JSON.stringify(pair)} to be in key=value format`
}
