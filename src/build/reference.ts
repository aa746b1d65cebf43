// src/cli/REFERENCE.md: every command with its usage, flags and examples, as help shows them.

import type { OptionTable } from '../cli/command.ts'
import { rootOptions } from '../cli/global-options.ts'
import { describeOption, flagUsage, printedOptions } from '../cli/help.ts'
import { describePositionals } from '../cli/positionals.ts'
import type { Surface, SurfaceCommand } from './surface.ts'

const preface = `# Commands

Made by \`npm run generate\` from the command table: not to be edited. A list of a command's flags is also what \`--help\` prints.
Flags that podman has and Gantry does not are refused by name.
`

export function reference({ commands }: Surface): string {
  return [
    preface,
    `## Global flags\n\nThey stand before the command.\n\n${flagTable(rootOptions)}`,
    ...commands.map((command) => chapter(command)),
  ].join('\n')
}

function chapter({ spellings, summary, command, positionals }: SurfaceCommand): string {
  const [name, ...others] = spellings
  const usage = ['gantry', name, '[options]', describePositionals(positionals)].filter((word) => word !== '').join(' ')
  const description = command.description === undefined ? '' : `\n${command.description}\n`
  const also = others.length === 0 ? '' : `\nAlso: ${others.map((each) => `\`gantry ${each}\``).join(', ')}.\n`
  const hasFlags = printedOptions(command.options).length > 0
  return [
    `## gantry ${name}\n\n${summary}.\n${description}\n    ${usage}\n${also}`,
    ...(hasFlags ? [flagTable(command.options)] : []),
    `Examples:\n\n${command.examples.map((example) => `    ${example}\n`).join('')}`,
  ].join('\n')
}

function flagTable(options: OptionTable): string {
  const rows = printedOptions(options).map(([name, option]) => {
    const describe = describeOption(option).replaceAll('\n', ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;')
    return `| \`${flagUsage(name, option).trim()}\` | ${describe} |\n`
  })
  return `| flag | |\n|---|---|\n${rows.join('')}`
}
