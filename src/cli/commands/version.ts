// gantry version: podman's layout and template fields.

import { EngineError } from '../../base/errors.ts'
import { defineCommand } from '../command.ts'
import { isDocker } from '../dialect.ts'
import { type VersionFacts, versionFacts } from '../product.ts'
import { printJson } from '../render/print.ts'

export default defineCommand({
  options: {
    format: {
      type: 'string',
      short: 'f',
      describe: 'Change the output format to JSON or a Go template',
      fields:
        'Client.APIVersion Client.Version Client.GoVersion Client.NodeVersion Client.GitCommit ' +
        'Client.BuiltTime Client.Built Client.OsArch Client.Os Server',
    },
  },
  examples: ['gantry version', "gantry version --format '{{.Client.Version}}'", 'gantry version --format json'],
  run: async (_open, { options }) => {
    const facts = { Client: versionFacts(), ...(isDocker() ? { Server: versionFacts() } : {}) }
    const { isJsonFormat, printLayout } = await import('../render/template.ts')
    if (options.format === undefined) printLayout(isDocker() ? `${layout}\n\n${serverLayout}` : layout, facts)
    else if (isJsonFormat(options.format)) printJson(facts)
    else await printVersion(options.format, facts.Client)
    return 0
  },
})

/** A template may speak of a Server, which there is none of, or, as in old days, of the client's fields alone. */
async function printVersion(format: string, client: VersionFacts): Promise<void> {
  const [{ printTemplate }, { goStruct }] = await Promise.all([
    import('../render/template.ts'),
    import('../../base/go-value.ts'),
  ])
  const own = goStruct('*define.Version', { ...client })
  try {
    const both = goStruct('*types.SystemVersionReport', { Client: own })
    printTemplate(format, Object.defineProperty(both, 'Server', { value: null }), { name: 'version' })
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'template-failed') throw error
    printTemplate(format.replaceAll('.Server.', '.'), own, { name: 'version' })
  }
}

const layout = [
  'Client:\tGantry',
  'Version:\t{{.Client.Version}}',
  'API Version:\t{{.Client.APIVersion}}',
  'Go Version:\t{{.Client.GoVersion}}',
  'Built:\t{{.Client.BuiltTime}}',
  'OS/Arch:\t{{.Client.OsArch}}',
].join('\n')

/** docker's: the engine is this very program. */
const serverLayout = layout.replaceAll('Client', 'Server')
