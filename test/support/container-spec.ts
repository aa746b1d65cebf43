// Specs for tests: the plainest one, and what the flags of `run` make of words.

import type { Invocation } from '../../src/cli/command.ts'
import { containerOptions, toContainerSpec } from '../../src/cli/options/container.ts'
import { scanFlags } from '../../src/cli/pflag.ts'
import { collect } from '../../src/cli/yargs.ts'
import type { Settings } from '../../src/engine/settings.ts'
import type { ContainerSpec } from '../../src/spec/container-spec.ts'

/** As `gantry create WORDS` reads them. */
export function specOf(words: readonly string[], settings: Settings): ContainerSpec {
  return toContainerSpec(invocationOf(words), settings)
}

export function invocationOf(words: readonly string[]): Invocation<typeof containerOptions> {
  const { occurrences, positionals } = scanFlags(words, containerOptions, { isInterspersed: false })
  const given = new Set(occurrences.map(({ name }) => name))
  return { options: collect(occurrences, containerOptions), args: positionals, path: ['create'], given }
}
