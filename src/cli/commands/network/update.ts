// network update: the name servers that a network asks for what is no container.

import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    'dns-add': {
      type: 'strings',
      value: 'address',
      isCommaSeparated: true,
      describe: 'Add a name server',
      complete: 'none',
    },
    'dns-drop': {
      type: 'strings',
      value: 'address',
      isCommaSeparated: true,
      describe: 'Remove a name server',
      complete: 'none',
    },
  },
  positionals: [{ name: 'network', complete: 'network' }],
  examples: ['gantry network update --dns-add 9.9.9.9 web'],
  async run(open, { options, args }) {
    const [engine, { update }] = await Promise.all([open(), import('../../../engine/network/update.ts')])
    const name = args[0] as string
    await update(engine, name, { addedServers: options['dns-add'], droppedServers: options['dns-drop'] })
    printLine(name)
    return 0
  },
})
