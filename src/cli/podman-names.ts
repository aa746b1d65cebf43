// "Unknown" turned into "not supported yet" where podman has a command or flag of that name.

import { EngineError } from '../base/errors.ts'
import { podmanFlags } from './podman-flags.ts'
import { programName } from './program-name.ts'
import { reasonOf } from './refusal-reasons.ts'

/** The same error, or a better one if it is about a name that podman knows. */
export function refuseKnownNames(error: EngineError): EngineError {
  if (error.code === 'unknown-flag') return refusedFlag(error) ?? error
  if (error.code === 'unknown-command') {
    const { cause } = error
    return refusedCommand(error) ?? (cause instanceof EngineError ? cause : error)
  }
  return error
}

/** Long names of podman's flags for a command ("container run"), none if it has no such command. */
export function podmanFlagsOf(command: string): ReadonlyMap<string, string | undefined> {
  const row = podmanFlags.find(([commands]) => commands.split(', ').includes(command))
  const flags = row?.[1].split(' ').filter((flag) => flag !== '') ?? []
  return new Map(flags.map((flag) => flag.split(',') as [string, string | undefined]))
}

export function isPodmanCommand(command: string): boolean {
  return podmanFlags.some(([commands]) => commands.split(', ').includes(command))
}

/** Where it is not only that nobody has done it: see the table in README.md. */
const commandReasons: Readonly<Record<string, string>> = { 'system renumber': 'locks have no numbers' }

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`
}

function refusedFlag(error: EngineError): EngineError | undefined {
  const command = /^See '\w+ (.*) --help'$/.exec(error.hint ?? '')?.[1]
  if (command === undefined) return undefined
  const flags = podmanFlagsOf(command)
  const long = /^unknown flag: --(\S+)$/.exec(error.message)?.[1]
  const short = /^unknown shorthand flag: '(.)' in /.exec(error.message)?.[1]
  const name =
    long !== undefined && flags.has(long)
      ? long
      : [...flags].find(([, letter]) => letter !== undefined && letter === short)?.[0]
  if (name === undefined) return undefined
  const spelled = long === undefined ? `-${short} (--${name})` : `--${name}`
  return new EngineError({
    kind: 'unsupported',
    code: 'flag-not-yet',
    message: `${spelled} is not supported yet by ${programName} ${command}${reasonOf(name)}`,
    hint: error.hint as string,
  })
}

function refusedCommand(error: EngineError): EngineError | undefined {
  const command = /^unrecognized command `\w+ ([^`]+)`/.exec(error.message)?.[1]
  if (command === undefined || !isPodmanCommand(command)) return undefined
  return new EngineError({
    kind: 'unsupported',
    code: 'command-not-yet',
    message: `${programName} ${command} is not supported yet${because(commandReasons[command])}`,
    hint: error.hint as string,
  })
}
