// system connection list: there is no service to connect to, so there are no connections.

import { defineCommand } from '../../command.ts'
import { printJson, printLine } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

export default defineCommand({
  options: {
    format: {
      type: 'string',
      short: 'f',
      describe: 'Custom Go template for printing connections',
      fields: 'Name URI Identity Default ReadWrite',
    },
    quiet: { type: 'boolean', short: 'q', describe: 'Print only the names' },
  },
  examples: ['gantry system connection list'],
  description: 'Gantry works without a service. The list is always empty; the command is there for scripts that ask.',
  async run(_open, { options }) {
    const { format, quiet } = options
    if (quiet) return 0
    if (format !== undefined && isJsonFormat(format)) printJson([])
    else if (format !== undefined) printRows({ format, rows: [], headings: {}, name: 'list' })
    else printLine('Name        URI         Identity    Default     ReadWrite')
    return 0
  },
})
