// volume ls: one line a volume.

import { invalid } from '../../../base/errors.ts'
import { goDocument } from '../../../engine/go-document.ts'
import { defineCommand } from '../../command.ts'
import { isDocker } from '../../dialect.ts'
import { printDockerRows } from '../../render/docker-rows.ts'
import { printJson, printLine } from '../../render/print.ts'
import { isJsonList, printRows } from '../../render/template.ts'

export default defineCommand({
  options: {
    filter: {
      type: 'strings',
      short: 'f',
      value: 'filter',
      describe: 'Show only those that match: name, driver, label, opt, dangling, scope, after, since, until',
    },
    format: {
      type: 'string',
      describe: 'Format the output as JSON or by a Go template',
      complete: 'none',
      fields:
        'Name Driver Mountpoint CreatedAt Labels Scope Options UID GID Anonymous MountCount NeedsCopyUp ' +
        'NeedsChown Timeout LockNumber',
    },
    noheading: { type: 'boolean', short: 'n', describe: 'Do not print headers' },
    quiet: { type: 'boolean', short: 'q', describe: 'Print names only' },
  },
  positionals: [],
  examples: [
    'gantry volume ls',
    'gantry volume ls --filter dangling=true -q',
    "gantry volume ls --format '{{.Name}} {{.Mountpoint}}'",
  ],
  async run(open, { options: { filter, format, quiet, noheading } }) {
    if (quiet && format !== undefined) {
      throw invalid('flags-conflict', 'quiet and format flags cannot be used together')
    }
    const [engine, { listVolumeDocuments }] = await Promise.all([open(), import('../../../engine/volume/list.ts')])
    const documents = await listVolumeDocuments(engine, filter)
    const rows = documents.map((document) => goDocument(document, '*entities.VolumeListReport'))
    if (format !== undefined && isJsonList(format)) {
      if (isDocker()) printDockerRows('volumes', rows)
      else printJson(rows)
    } else if (quiet) for (const { Name: name } of documents) printLine(name)
    else if (rows.length > 0) {
      printRows({
        name: 'ls',
        format: format ?? 'table {{.Driver}}\t{{.Name}}',
        rows,
        headings: { Name: 'VOLUME NAME' },
        isHeadingHidden: noheading,
      })
    }
    return 0
  },
})
