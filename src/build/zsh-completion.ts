// The surface as a zsh completion: tables of _arguments' specs, and the fixed functions of zsh-completion.zsh, which read them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CompletionKind, PositionalSpec } from '../cli/command.ts'
import type { Surface, SurfaceFlag } from './surface.ts'

export function zshCompletion({ groups, commands, persistent }: Surface): string {
  const children = groups.map(
    ({ spellings, children }) =>
      [spellings, children.map(({ name, summary }) => `${name}:${summary.replaceAll(':', '\\:')}`)] as const,
  )
  const flags = groups.map(({ spellings, flags }) => [spellings, flags.flatMap(flagSpecs)] as const)
  const own = commands.map(
    ({ spellings, flags, positionals }) =>
      [spellings, [...flags.flatMap(flagSpecs), ...positionals.map(positionalSpec)]] as const,
  )
  const valued = persistent.filter(({ value }) => value.kind === 'value').map(({ name }) => `--${name}`)
  return [
    readFileSync(join(import.meta.dirname, 'zsh-completion.zsh'), 'utf8'),
    table('_gantry_children', children),
    table('_gantry_flags', [...flags, ...own]),
    `typeset -g gantry_valued='${valued.join(' ')}'\n`,
    '_gantry "$@"\n',
  ].join('\n')
}

type Row = readonly [spellings: readonly string[], words: readonly string[]]

/** A function that sets `reply`, and fails where it has no row. */
function table(name: string, rows: readonly Row[]): string {
  const cases = rows.map(([spellings, words]) => {
    const lines = words.map((word) => `            ${quote(word)}\n`).join('')
    return `    ${spellings.map(quote).join('|')})\n        reply=(\n${lines}        ) ;;\n`
  })
  return `${name}() {\n    case $1 in\n${cases.join('')}    *) return 1 ;;\n    esac\n}\n`
}

const actions: Readonly<Record<CompletionKind, string>> = {
  container: '_gantry_containers',
  'running-container': '_gantry_running_containers',
  image: '_gantry_images',
  volume: '_gantry_volumes',
  pod: '_gantry_pods',
  secret: '_gantry_secrets',
  network: '_gantry_networks',
  file: '_files',
  folder: '_directories',
  none: ' ',
}

/** `(-a --all)--all[describe]`, `*--env=[describe]:env: `. */
function flagSpecs({ name, short, describe, isRepeatable, value }: SurfaceFlag): string[] {
  const explained = `[${describe.replaceAll(/[[\]\\]/g, '\\$&').replaceAll('\n', ' ')}]`
  const excluded = isRepeatable || short === undefined ? '' : `(-${short} --${name})`
  const prefix = isRepeatable ? '*' : excluded
  const spelled = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
  if (value.kind === 'switch') return spelled.map((flag) => `${prefix}${flag}${explained}`)
  const action = value.choices.length > 0 ? `(${value.choices.join(' ')})` : actions[value.complete]
  const message = `${value.isRequired ? ':' : '::'}${name}:${action}`
  return spelled.map((flag) => `${prefix}${flag}${separator(flag, value.isRequired)}${explained}${message}`)
}

function separator(flag: string, isRequired: boolean): string {
  if (!flag.startsWith('--')) return isRequired ? '+' : '-'
  return isRequired ? '=' : '=-'
}

function positionalSpec({ name, complete = 'none', isVariadic, isRest }: PositionalSpec): string {
  if (isRest) return `*::${name}:_default`
  return `${isVariadic ? '*' : ''}:${name}:${actions[complete]}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
