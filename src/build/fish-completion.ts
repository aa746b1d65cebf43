// The surface as a fish completion: tables, one `complete` a flag, and the fixed functions of fish-completion.fish.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CompletionKind, PositionalSpec } from '../cli/command.ts'
import type { Surface, SurfaceCommand, SurfaceFlag, SurfaceGroup } from './surface.ts'

export function fishCompletion({ groups, commands, persistent }: Surface): string {
  const valued = [...groups, ...commands].map(
    ({ spellings, flags }) => [spellings, [...flags.flatMap(valuedSpellings)]] as const,
  )
  const positionals = commands.map(({ spellings, positionals }) => [spellings, positionals.flatMap(kinds)] as const)
  return [
    readFileSync(join(import.meta.dirname, 'fish-completion.fish'), 'utf8'),
    `function __gantry_is_group\n    contains -- "$argv" ${groups.flatMap(({ spellings }) => spellings.map(quote)).join(' ')}\nend\n`,
    table('__gantry_valued', valued, persistent.flatMap(valuedSpellings)),
    table('__gantry_positionals', positionals, []),
    'complete -c gantry -f\n',
    ...arguments_,
    ...groups.flatMap(groupLines),
    ...commands.map(({ spellings, flags }) => flags.map((flag) => flagLine(spellings, flag)).join('')),
  ].join('\n')
}

type Row = readonly [spellings: readonly string[], words: readonly string[]]

/** A function that prints the words of its row, and `always`. */
function table(name: string, rows: readonly Row[], always: readonly string[]): string {
  const cases = rows
    .filter(([, words]) => words.length > 0)
    .map(
      ([spellings, words]) =>
        `        case ${spellings.map(quote).join(' ')}\n            string split ' ' -- '${words.join(' ')}'\n`,
    )
  const last = always.length === 0 ? '' : `    string split ' ' -- '${always.join(' ')}'\n`
  return `function ${name}\n    switch "$argv"\n${cases.join('')}    end\n${last}end\n`
}

const lists: Readonly<Record<CompletionKind, string>> = {
  container: "-xa '(__gantry_containers)'",
  'running-container': "-xa '(__gantry_running_containers)'",
  image: "-xa '(__gantry_images)'",
  network: "-xa '(__gantry_networks)'",
  file: '-rF',
  volume: "-xa '(__gantry_volumes)'",
  pod: "-xa '(__gantry_pods)'",
  secret: "-xa '(__gantry_secrets)'",
  folder: "-xa '(__fish_complete_directories)'",
  none: '-x',
}

const arguments_ = [
  "complete -c gantry -n '__gantry_wants container' -xa '(__gantry_containers)'\n",
  "complete -c gantry -n '__gantry_wants running-container' -xa '(__gantry_running_containers)'\n",
  "complete -c gantry -n '__gantry_wants image' -xa '(__gantry_images)'\n",
  "complete -c gantry -n '__gantry_wants volume' -xa '(__gantry_volumes)'\n",
  "complete -c gantry -n '__gantry_wants pod' -xa '(__gantry_pods)'\n",
  "complete -c gantry -n '__gantry_wants secret' -xa '(__gantry_secrets)'\n",
  "complete -c gantry -n '__gantry_wants network' -xa '(__gantry_networks)'\n",
  "complete -c gantry -n '__gantry_wants folder' -xa '(__fish_complete_directories)'\n",
  "complete -c gantry -n '__gantry_wants file' -F\n",
  "complete -c gantry -n '__gantry_wants rest' -F\n",
]

function groupLines({ spellings, children, flags }: SurfaceGroup): string[] {
  const words = children.map(
    ({ name, summary }) => `complete -c gantry -n ${condition(spellings)} -xa ${name} -d ${quote(summary)}\n`,
  )
  return [words.join(''), flags.map((flag) => flagLine(spellings, flag)).join('')]
}

function flagLine(spellings: SurfaceCommand['spellings'], { name, short, describe, value }: SurfaceFlag): string {
  const letter = short === undefined ? '' : ` -s ${short}`
  const explained = `-l ${name}${letter} -d ${quote(describe.replaceAll('\n', ' '))}`
  return `complete -c gantry -n ${condition(spellings)} ${explained}${valueWords(value)}\n`
}

function valueWords(value: SurfaceFlag['value']): string {
  if (value.kind === 'switch') return ''
  if (value.choices.length > 0) return ` ${value.isRequired ? '-xa' : '-a'} ${quote(value.choices.join(' '))}`
  return value.isRequired ? ` ${lists[value.complete]}` : ''
}

function condition(spellings: readonly string[]): string {
  return quote(`__gantry_at ${spellings.map((text) => `"${text}"`).join(' ')}`)
}

function valuedSpellings({ name, short, value }: SurfaceFlag): string[] {
  if (value.kind === 'switch' || !value.isRequired) return []
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
}

function kinds({ complete = 'none', isRest, isVariadic }: PositionalSpec): string[] {
  if (isRest) return ['rest']
  return isVariadic ? [complete, 'more'] : [complete]
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
