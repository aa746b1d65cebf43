// Help in cobra's layout, which people and tools (completion generators, cli-surface) read. Everything comes from the command table
// and the command's own declaration.

import type { OptionSpec, OptionTable } from './command.ts'
import { type CommandGroup, commandGroups } from './command-groups.ts'
import type { CommandRow } from './command-row.ts'
import { commandTable } from './command-table.ts'
import { withConfiguredDefaults } from './configured-defaults.ts'
import { inDialect } from './dialect.ts'
import { childrenOf, commandName } from './find-command.ts'
import { rootOptions } from './global-options.ts'
import { describePositionals } from './positionals.ts'
import { asCalled, programName } from './program-name.ts'

/** podman hides --remote where a connection is chosen already. */
export function rootHelp(isRemoteOffered = true): string {
  const { remote, ...others } = rootOptions
  return [
    'Manage containers and images, without a daemon\n',
    `Usage:\n  ${programName} [options] [command]\n`,
    commandList([]),
    `Options:\n${flagList(isRemoteOffered ? rootOptions : others)}`,
  ].join('\n')
}

export function groupHelp(path: readonly string[]): string {
  const { summary, aliases = [] } = commandGroups[path.join(' ')] as CommandGroup
  return [
    `${summary}\n`,
    `Description:\n  ${summary}\n`,
    `Usage:\n  ${commandName(path)} [command]\n`,
    ...aliasList(path, aliases),
    commandList(path),
  ].join('\n')
}

export async function commandHelp(path: readonly string[]): Promise<string> {
  const { summary, aliases = [], load } = commandTable[path.join(' ')] as CommandRow
  const command = await inDialect(path, (await load()).default)
  const usage = [commandName(path), '[options]', describePositionals(command.positionals ?? [])].filter(
    (text) => text !== '',
  )
  const shown = await withConfiguredDefaults(command.options)
  const options = Object.values(shown).some((option) => !option.isHidden) ? [`Options:\n${flagList(shown)}`] : []
  return [
    `${summary}\n`,
    `Description:\n  ${command.description ?? summary}\n`,
    `Usage:\n  ${usage.join(' ')}\n`,
    ...aliasList(path, aliases),
    `Examples:\n${command.examples.map((example) => `  ${asCalled(example)}\n`).join('')}`,
    ...options,
  ].join('\n')
}

export function printedOptions(options: OptionTable): [string, OptionSpec][] {
  return Object.entries(options)
    .filter(([, option]) => !option.isHidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** `--name type`, the left column of a flag. */
export function flagUsage(name: string, option: OptionSpec): string {
  const dashes = option.short === undefined ? `    --${name}` : `-${option.short}, --${name}`
  if (option.type === 'boolean') return dashes
  const value = option.value ?? (option.type === 'strings' ? 'strings' : option.type === 'number' ? 'int' : 'string')
  return option.bare === undefined ? `${dashes} ${value}` : `${dashes} ${value}[="${option.bare}"]`
}

export function describeOption(option: OptionSpec): string {
  const shown = option.default
  const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`
  if (shown === undefined || shown === false || shown === '') return `${option.describe}${choices}`
  return `${option.describe}${choices} (default ${typeof shown === 'string' ? JSON.stringify(shown) : shown})`
}

function aliasList(path: readonly string[], aliases: readonly string[]): string[] {
  return aliases.length === 0 ? [] : [`Aliases:\n  ${[path.at(-1), ...aliases].join(', ')}\n`]
}

function commandList(path: readonly string[]): string {
  const rows = childrenOf(path).filter(([, row]) => !('isHidden' in row && row.isHidden))
  const width = Math.max(11, ...rows.map(([name]) => name.length))
  return `Available Commands:\n${rows.map(([name, row]) => `  ${name.padEnd(width)} ${row.summary}\n`).join('')}`
}

function flagList(options: OptionTable): string {
  const rows = printedOptions(options).map(
    ([name, option]) => [flagUsage(name, option), describeOption(option)] as const,
  )
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows
    .map(([left, right]) => `  ${left.padEnd(width)}   ${right.replaceAll('\n', `\n${' '.repeat(width + 5)}`)}\n`)
    .join('')
}
