// Flags that skopeo takes before its command: what stands there is read as if it stood behind.

import { rootOptions } from './global-options.ts'
import { overridePlatformOptions } from './options/override-platform.ts'
import { skopeoProgramOptions } from './options/skopeo-program.ts'
import { type Occurrence, scanFlags } from './pflag.ts'

const commands = ['copy', 'delete', 'inspect', 'list-tags', 'sync']

/** The same words in our order; undefined where they are no line of skopeo's. @throws as scanFlags */
export function flagsBehind(words: readonly string[]): string[] | undefined {
  const ahead = { ...skopeoProgramOptions, ...overridePlatformOptions }
  const { occurrences, positionals } = scanFlags(words, { ...rootOptions, ...ahead }, { isInterspersed: false })
  const [command, ...rest] = positionals
  if (command === undefined || !commands.includes(command)) return undefined
  const isOurs = ({ name }: Occurrence) => !Object.hasOwn(ahead, name)
  const spelled = (given: readonly Occurrence[]) => given.map(({ name, value }) => `--${name}=${value}`)
  return [
    ...spelled(occurrences.filter(isOurs)),
    command,
    ...spelled(occurrences.filter((one) => !isOurs(one))),
    ...rest,
  ]
}
