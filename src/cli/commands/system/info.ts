// info: the host, the store, registries, plugins and versions.

import { defineCommand } from '../../command.ts'
import { versionFacts } from '../../product.ts'
import { print, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    debug: {
      type: 'boolean',
      short: 'D',
      describe: 'Accepted for compatibility: all there is is shown',
      isHidden: true,
    },
    format: { type: 'string', short: 'f', describe: 'Change the output format to JSON or a Go template' },
  },
  examples: ['gantry info', 'gantry info --format json', "gantry info --format '{{.Store.GraphRoot}}'"],
  async run(open, { options }) {
    const { format } = options
    const version = versionFacts()
    const [{ info }, { isJsonFormat, printTemplate }] = await Promise.all([
      import('../../../engine/system/info.ts'),
      import('../../render/template.ts'),
    ])
    const report = { ...(await info(await open(), version.Version)), version }
    if (format === undefined) {
      const { printYaml } = await import('../../render/yaml.ts')
      print(printYaml(report))
    } else if (isJsonFormat(format)) printLine(JSON.stringify(report, undefined, 2))
    else {
      const { infoFields } = await import('../../render/info-fields.ts')
      printTemplate(format, infoFields(report), { name: 'info' })
    }
    return 0
  },
})
