// --build-arg and --build-arg-file: values for ARGs.

import { readEnvironment } from './environment.ts'

export interface BuildArgWords {
  readonly 'build-arg': readonly string[]
  readonly 'build-arg-file': readonly string[]
}

/** A bare name takes our variable of that name, if there is one. Flags come after files. @throws invalid `env-file-unreadable` */
export function buildArgs(words: BuildArgWords): Map<string, string> {
  const entries = readEnvironment({ files: words['build-arg-file'], entries: words['build-arg'] })
  return new Map(
    entries.map((entry) => {
      const equals = entry.indexOf('=')
      return [entry.slice(0, equals), entry.slice(equals + 1)]
    }),
  )
}
