// network disconnect: takes a container out of a network.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {
    force: { type: 'boolean', short: 'f', describe: 'Accepted for compatibility: nothing stops a disconnection here' },
  },
  positionals: [
    { name: 'network', complete: 'network' },
    { name: 'container', complete: 'container' },
  ],
  examples: ['gantry network disconnect backend web'],
  async run(open, { args }) {
    const [network = '', name = ''] = args
    const [engine, { disconnect }, { selectContainer }] = await Promise.all([
      open(),
      import('../../../engine/network/disconnect.ts'),
      import('../../../engine/container/select.ts'),
    ])
    await disconnect(engine, selectContainer(engine, name.replace(/^\//, '')), network)
    return 0
  },
})
