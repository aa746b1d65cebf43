// secret ls: one line a secret.

import { humanDuration } from '../../../base/duration.ts'
import type { SecretRecord } from '../../../secret/secret-record.ts'
import { defineCommand } from '../../command.ts'
import { printJson, printLine } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

export default defineCommand({
  options: {
    filter: { type: 'strings', short: 'f', value: 'filter', describe: 'Show only those that match: name, id' },
    format: {
      type: 'string',
      describe: 'Format the output as JSON or by a Go template',
      complete: 'none',
      fields: 'ID Name Driver CreatedAt UpdatedAt',
    },
    noheading: { type: 'boolean', short: 'n', describe: 'Do not print headers' },
    quiet: { type: 'boolean', short: 'q', describe: 'Print ids only' },
  },
  positionals: [],
  examples: ['gantry secret ls', "gantry secret ls --format '{{.Name}}' --filter name=db"],
  async run(open, { options: { filter, format, noheading, quiet } }) {
    const [engine, { listMatchingSecrets }] = await Promise.all([open(), import('../../../engine/secret/inspect.ts')])
    const rows = listMatchingSecrets(engine, filter).map(row)
    if (quiet && format === undefined) for (const { ID: id } of rows) printLine(id)
    else if (format !== undefined && isJsonFormat(format)) printJson(rows)
    else {
      printRows({
        name: 'ls',
        format: format ?? 'table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}',
        rows,
        headings: { CreatedAt: 'CREATED', UpdatedAt: 'UPDATED' },
        isHeadingHidden: noheading,
      })
    }
    return 0
  },
})

function row({ id, name, driver, createdAt, updatedAt }: SecretRecord) {
  return { ID: id, Name: name, Driver: driver.name, CreatedAt: ago(createdAt), UpdatedAt: ago(updatedAt) }
}

function ago(time: string): string {
  return `${humanDuration((Date.now() - Date.parse(time)) * 1e6)} ago`
}
