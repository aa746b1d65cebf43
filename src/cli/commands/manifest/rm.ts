// manifest rm: lists out of the store; their images stay.

import { defineCommand } from '../../command.ts'
import { showRemoved } from '../../render/removed-images.ts'

export default defineCommand({
  options: {
    ignore: { type: 'boolean', short: 'i', describe: 'Ignore errors when a specified manifest is missing' },
  },
  positionals: [{ name: 'list', isVariadic: true, complete: 'image' }],
  description: 'The images that a list names stay.',
  examples: ['gantry manifest rm mylist:v1.11'],
  async run(open, { options: { ignore }, args }) {
    const [engine, { remove }] = await Promise.all([open(), import('../../../engine/image/remove.ts')])
    const how = { areAll: false, isForced: false, isMissingIgnored: ignore, areListsWanted: true }
    return showRemoved(await remove(engine, args, how))
  },
})
