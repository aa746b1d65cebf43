// The command table with every command loaded and every spelling written out: what completions and the reference are made from.

import type { AnyCommand, CompletionKind, OptionSpec, PositionalSpec } from '../cli/command.ts'
import { type CommandGroup, commandGroups } from '../cli/command-groups.ts'
import type { CommandRow } from '../cli/command-row.ts'
import { commandTable } from '../cli/command-table.ts'
import { childrenOf } from '../cli/find-command.ts'
import { persistentOptions, rootOptions } from '../cli/global-options.ts'
import { printedOptions } from '../cli/help.ts'

export interface Surface {
  /** The root first, then by name; hidden commands are left out. */
  readonly groups: readonly SurfaceGroup[]
  readonly commands: readonly SurfaceCommand[]
  /** Root flags that hold for every command, whether help shows them or not. */
  readonly persistent: readonly SurfaceFlag[]
}

export interface SurfaceGroup {
  /** `['']` for the root. */
  readonly spellings: readonly string[]
  readonly children: readonly { readonly name: string; readonly summary: string }[]
  readonly flags: readonly SurfaceFlag[]
}

/** One declaration, however many places of the tree it has. */
export interface SurfaceCommand {
  /** Canonical ones first, shortest first: `ps`, `container ls`, `container ps`. */
  readonly spellings: readonly string[]
  /** Those spellings that are rows of the table. */
  readonly rows: readonly string[]
  readonly summary: string
  readonly command: AnyCommand
  readonly flags: readonly SurfaceFlag[]
  readonly positionals: readonly PositionalSpec[]
}

export interface SurfaceFlag {
  readonly name: string
  readonly short: string | undefined
  readonly describe: string
  readonly isRepeatable: boolean
  readonly value: FlagValue
}

export type FlagValue =
  | { readonly kind: 'switch' }
  | {
      readonly kind: 'value'
      /** False: only `--flag=value`, a bare flag means something too. */
      readonly isRequired: boolean
      readonly choices: readonly string[]
      readonly complete: CompletionKind
    }

export async function readSurface(): Promise<Surface> {
  const shown = Object.entries(commandTable).filter(([, row]) => !row.isHidden)
  const loaded = await Promise.all(
    shown.map(async ([path, row]) => ({ path, row, command: (await row.load()).default })),
  )
  const byDeclaration = Map.groupBy(loaded, ({ command }) => command)
  return {
    groups: [rootGroup(), ...Object.entries(commandGroups).map(([path, group]) => toGroup(path, group))],
    commands: [...byDeclaration.values()].map((rows) => toCommand(rows)).sort(bySpelling),
    persistent: Object.entries(persistentOptions).map(toFlag),
  }
}

const helpFlag = toFlag(['help', { type: 'boolean', short: 'h', describe: 'Help for this command' }])

function rootGroup(): SurfaceGroup {
  return { spellings: [''], children: shownChildren([]), flags: printedOptions(rootOptions).map(toFlag) }
}

function toGroup(path: string, { aliases = [] }: CommandGroup): SurfaceGroup {
  return { spellings: [path, ...aliases], children: shownChildren(path.split(' ')), flags: [helpFlag] }
}

function shownChildren(path: readonly string[]): SurfaceGroup['children'] {
  return childrenOf(path)
    .filter(([, row]) => !('isHidden' in row && row.isHidden))
    .map(([name, { summary }]) => ({ name, summary }))
}

interface LoadedRow {
  readonly path: string
  readonly row: CommandRow
  readonly command: AnyCommand
}

function toCommand(rows: readonly LoadedRow[]): SurfaceCommand {
  const paths = rows.map(({ path }) => path).sort((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1))
  const { row, command } = rows.find(({ path }) => path === paths[0]) as LoadedRow
  return {
    spellings: [...new Set([...paths, ...rows.flatMap(spellingsOf)])],
    rows: paths,
    summary: row.summary,
    command,
    flags: [...printedOptions(command.options).map(toFlag), helpFlag],
    positionals: command.positionals ?? [],
  }
}

/** A row's path with each word replaced by its aliases, in all combinations. */
function spellingsOf({ path, row }: LoadedRow): string[] {
  const words = path.split(' ')
  const groups = words.slice(0, -1)
  const prefixes = groups.length === 0 ? [''] : [groups, ...groupAliases(groups)].map((each) => `${each.join(' ')} `)
  return prefixes.flatMap((prefix) => [words.at(-1), ...(row.aliases ?? [])].map((word) => `${prefix}${word}`))
}

function groupAliases(groups: readonly string[]): string[][] {
  return (commandGroups[groups.join(' ')]?.aliases ?? []).map((alias) => [...groups.slice(0, -1), alias])
}

function bySpelling(a: SurfaceCommand, b: SurfaceCommand): number {
  return (a.spellings[0] as string) < (b.spellings[0] as string) ? -1 : 1
}

function depthOf(path: string): number {
  return path.split(' ').length
}

function toFlag([name, option]: [string, OptionSpec]): SurfaceFlag {
  return {
    name,
    short: option.short,
    describe: option.describe,
    isRepeatable: option.type === 'strings',
    value: toValue(option),
  }
}

function toValue(option: OptionSpec): FlagValue {
  if (option.type === 'boolean') return { kind: 'switch' }
  return {
    kind: 'value',
    isRequired: option.bare === undefined,
    choices: option.choices ?? [],
    complete: option.complete ?? 'none',
  }
}
