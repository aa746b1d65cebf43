// The stored argv of the command that made a container or pod → its flags and arguments, by the flags that our command table knows.

import { EngineError } from '../base/errors.ts'
import type { CreateCommand, CreateFlag } from '../engine/systemd/create-command.ts'
import type { OptionTable } from './command.ts'
import { findCommand } from './find-command.ts'
import { persistentOptions } from './global-options.ts'
import { type Occurrence, scanFlags } from './pflag.ts'

/** Undefined where no command of ours reads it. */
export async function readCreateCommand([, ...words]: readonly string[]): Promise<CreateCommand | undefined> {
  try {
    const found = findCommand(words)
    if (found.kind === 'group') return undefined
    const { options, positionals = [] } = (await found.row.load()).default
    const isInterspersed = !positionals.some(({ isRest }) => isRest)
    const table = { ...persistentOptions, ...options }
    const { args, flags } = splitFlags(found.rest, table, isInterspersed)
    const isGlobal = ({ settings }: CreateFlag) => settings.every(({ name }) => !Object.hasOwn(options, name))
    const later = flags.filter(isGlobal).flatMap(({ settings }) => settings)
    return {
      name: found.path.join(' '),
      globalFlags: [...found.global, ...later].map(asWord),
      flags: flags.filter((flag) => !isGlobal(flag)),
      args,
    }
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'invalid') return undefined
    throw error
  }
}

function splitFlags(words: readonly string[], table: OptionTable, isInterspersed: boolean) {
  const flags: CreateFlag[] = []
  const args: string[] = []
  let at = 0
  while (at < words.length) {
    const word = words[at] as string
    const isFlag = word.startsWith('-') && word !== '-' && word !== '--'
    if (!isFlag && !isInterspersed) break
    if (word === '--') break
    if (!isFlag) args.push(word)
    else flags.push(readFlag(words.slice(at, at + 2), table))
    at += isFlag ? (flags.at(-1) as CreateFlag).words.length : 1
  }
  return { flags, args: [...args, ...words.slice(at)] }
}

/** Its value may be the next word. */
function readFlag(words: readonly string[], table: OptionTable): CreateFlag {
  const options = { isInterspersed: false }
  try {
    return { words: words.slice(0, 1), settings: scanFlags(words.slice(0, 1), table, options).occurrences }
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'flag-needs-argument') throw error
    return { words, settings: scanFlags(words, table, options).occurrences }
  }
}

function asWord({ name, value }: Occurrence): string {
  return `--${name}=${value}`
}
