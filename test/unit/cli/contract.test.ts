// What holds for every command of the table, those that are still to come included.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/base/errors.ts'
import { readSurface } from '../../../src/build/surface.ts'
import type { AnyCommand, OptionSpec } from '../../../src/cli/command.ts'
import { commandGroups } from '../../../src/cli/command-groups.ts'
import { commandTable } from '../../../src/cli/command-table.ts'
import { exitCodeOf } from '../../../src/cli/exit-code.ts'
import { findCommand } from '../../../src/cli/find-command.ts'
import { commandHelp, groupHelp, printedOptions, rootHelp } from '../../../src/cli/help.ts'
import { isPodmanCommand, podmanFlagsOf, refuseKnownNames } from '../../../src/cli/podman-names.ts'
import { parseCommand } from '../../../src/cli/yargs.ts'
import { examplesOf } from '../../support/shell-words.ts'

const completions = resolve(import.meta.dirname, '..', '..', '..', 'completions')
const rows = await Promise.all(
  Object.entries(commandTable).map(async ([path, row]) => ({ path, row, command: (await row.load()).default })),
)
const surface = await readSurface()

describe.each(rows)('$path', ({ path, row, command }) => {
  const words = path.split(' ')

  test('has a summary, and help that shows it with usage and flags', async () => {
    expect(row.summary).toMatch(/^(\[DEPRECATED\] )?[A-Z].*[^.]$/)
    const help = await commandHelp(words)
    expect(help).toContain(row.summary)
    expect(help).toContain(`Usage:\n  gantry ${path} [options]`)
    for (const [name] of printedOptions(command.options)) expect(help).toContain(`--${name}`)
  })

  test('has examples, and they parse', () => {
    expect(command.examples.length).toBeGreaterThan(0)
    for (const example of command.examples) {
      const calls = examplesOf(example)
      expect(calls.length, example).toBeGreaterThan(0)
      for (const call of calls) parseExample(call)
    }
  })

  test('describes its flags', () => {
    const options: [string, OptionSpec][] = Object.entries(command.options)
    const shorts = options.flatMap(([, { short }]) => (short === undefined ? [] : [short]))
    expect(new Set(shorts).size).toBe(shorts.length)
    for (const [name, option] of options) {
      // skopeo's --registries.d has a dot.
      expect(name).toMatch(/^[a-z][a-z0-9-]*(\.d)?$/)
      expect(option.describe, name).toMatch(/^\S.*[^.\s]$/s)
    }
  })

  test('takes nothing after arguments without end', () => {
    const positionals = command.positionals ?? []
    for (const { isRest, isVariadic } of positionals.slice(0, -1)) expect(isRest ?? isVariadic ?? false).toBe(false)
  })

  test('refuses an unknown flag with 125 and a hint', () => {
    const error = errorOf(command, words, ['--no-such-flag'])
    expect(exitCodeOf(error)).toBe(125)
    expect(error).toMatchObject({ message: 'unknown flag: --no-such-flag', hint: `See 'gantry ${path} --help'` })
  })

  test.runIf(isPodmanCommand(path))("has podman's flags, or refuses them by name", () => {
    for (const [name, short] of podmanFlagsOf(path)) {
      if (command.options[name] !== undefined) expect(command.options[name].short, `--${name}`).toBe(short)
      else if (!isAlias(command, name))
        expect(errorOf(command, words, [`--${name}=1`]).message).toContain(`--${name} is not supported yet`)
    }
  })

  test('gives no letter another meaning than podman', () => {
    const letters = new Map([...podmanFlagsOf(path)].map(([name, short]) => [short, name]))
    for (const [name, { short, aliases = [] }] of Object.entries(command.options)) {
      if (short === undefined || !letters.has(short)) continue
      expect([name, ...aliases], `-${short}`).toContain(letters.get(short))
    }
  })

  test.runIf(!row.isHidden)('is completed in each shell', () => {
    for (const [script, quoted] of [
      ['gantry.bash', `'${path}'`],
      ['_gantry', `'${path}'`],
      ['gantry.fish', `"${path}"`],
    ] as const)
      expect(readFileSync(join(completions, script), 'utf8').includes(quoted), `${script}: npm run generate`).toBe(true)
    const entry = surface.commands.find(({ spellings }) => spellings.includes(path))
    expect(entry?.flags.map(({ name }) => name)).toEqual(
      expect.arrayContaining(printedOptions(command.options).map(([name]) => name)),
    )
  })
})

describe('groups', () => {
  test.each(Object.keys(commandGroups))('%s has help that lists its commands', (group) => {
    const help = groupHelp(group.split(' '))
    const depth = group.split(' ').length + 1
    const children = rows.filter(
      ({ path, row }) => path.startsWith(`${group} `) && path.split(' ').length === depth && !row.isHidden,
    )
    expect(children.length).toBeGreaterThan(0)
    for (const { path } of children) expect(help).toContain(`\n  ${path.slice(group.length + 1)} `)
  })

  test('the root lists groups and commands', () => {
    for (const { path } of rows.filter(({ path, row }) => !path.includes(' ') && !row.isHidden))
      expect(rootHelp()).toContain(`\n  ${path} `)
  })
})

test('the table is sorted', () => {
  const paths = Object.keys(commandTable)
  expect(paths).toEqual([...paths].sort())
})

function parseExample(words: readonly string[]): void {
  const found = findCommand(words)
  if (found.kind !== 'command') throw new Error(`no command: gantry ${words.join(' ')}`)
  const row = rows.find(({ path }) => path === found.path.join(' '))
  parseCommand(row?.command as AnyCommand, { path: found.path, words: found.rest })
}

function isAlias(command: AnyCommand, name: string): boolean {
  return Object.values<OptionSpec>(command.options).some(({ aliases = [] }) => aliases.includes(name))
}

/** What is wrong with these words, as main.ts would tell it. */
function errorOf(command: AnyCommand, path: readonly string[], words: readonly string[]): EngineError {
  try {
    parseCommand(command, { path, words })
  } catch (error) {
    if (error instanceof EngineError) return refuseKnownNames(error)
    throw error
  }
  throw new Error(`gantry ${[...path, ...words].join(' ')} parses`)
}
