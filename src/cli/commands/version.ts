// gantry version: podman's layout and template fields.

import { defineCommand } from '../command.ts'
import { versionFacts } from '../product.ts'
import { printJson } from '../render/print.ts'

export default defineCommand({
  options: {
    format: { type: 'string', short: 'f', describe: 'Change the output format to JSON or a Go template' },
  },
  examples: ['gantry version', "gantry version --format '{{.Client.Version}}'", 'gantry version --format json'],
  run: async (_open, { options }) => {
    const facts = { Client: versionFacts() }
    const { isJsonFormat, printLayout, printTemplate } = await import('../render/template.ts')
    if (options.format === undefined) printLayout(layout, facts)
    else if (isJsonFormat(options.format)) printJson(facts)
    else printTemplate(options.format, facts, { name: 'version' })
    return 0
  },
})

const layout = [
  'Client:\tGantry',
  'Version:\t{{.Client.Version}}',
  'API Version:\t{{.Client.APIVersion}}',
  'Go Version:\t{{.Client.GoVersion}}',
  'Built:\t{{.Client.BuiltTime}}',
  'OS/Arch:\t{{.Client.OsArch}}',
].join('\n')
