// The surface as a bash completion: three tables and the fixed functions of bash-completion.sh, which read them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PositionalSpec } from '../cli/command.ts'
import type { Surface, SurfaceFlag } from './surface.ts'

export function bashCompletion({ groups, commands, persistent }: Surface): string {
  const children = groups.map(({ spellings, children }) => [spellings, children.map(({ name }) => name)] as const)
  const flags = [...groups, ...commands].map(({ spellings, flags }) => [spellings, flags.flatMap(flagWords)] as const)
  const positionals = commands.map(({ spellings, positionals }) => [spellings, positionals.flatMap(kindWords)] as const)
  return [
    readFileSync(join(import.meta.dirname, 'bash-completion.sh'), 'utf8'),
    table('_gantry_children', "The commands in the group '$1'.", children),
    table(
      '_gantry_flags',
      "The flags of the command '$1': '=' before what a value is, '?=' if the flag stands alone too.",
      flags,
    ),
    table('_gantry_positionals', "What the arguments of the command '$1' are.", positionals),
    `_gantry_persistent='${persistent.flatMap(flagWords).join(' ')}'\n`,
    'complete -F _gantry gantry\n',
  ].join('\n')
}

type Row = readonly [spellings: readonly string[], words: readonly string[]]

/** A function that sets `reply`, and fails where it has no row. */
function table(name: string, comment: string, rows: readonly Row[]): string {
  const cases = rows.map(
    ([spellings, words]) =>
      `    ${spellings.map((text) => `'${text}'`).join(' | ')})\n        reply='${words.join(' ')}' ;;\n`,
  )
  return `# ${comment}\n${name}() {\n    case $1 in\n${cases.join('')}    *) return 1 ;;\n    esac\n}\n`
}

/** `--all -a --pull=always,missing --file=:file`. */
function flagWords({ name, short, value }: SurfaceFlag): string[] {
  const spelled = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
  if (value.kind === 'switch') return spelled
  const meaning = value.choices.length > 0 ? value.choices.join(',') : `:${value.complete}`
  return spelled.map((word) => `${word}${value.isRequired ? '=' : '?='}${meaning}`)
}

function kindWords({ complete = 'none', isRest, isVariadic }: PositionalSpec): string[] {
  if (isRest) return [':rest']
  return isVariadic ? [`:${complete}`, '...'] : [`:${complete}`]
}
