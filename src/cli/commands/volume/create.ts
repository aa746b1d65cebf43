// volume create: a new volume; its name is printed.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    driver: { type: 'string', short: 'd', default: 'local', describe: 'Driver of the volume: local, or a plugin' },
    ignore: { type: 'boolean', describe: 'Leave a volume of that name as it is, and succeed' },
    label: { type: 'strings', short: 'l', value: 'name=value', describe: 'Add a label' },
    opt: {
      type: 'strings',
      short: 'o',
      value: 'name=value',
      describe: "Option for the driver; local's are type, device and o (mount options, and uid, gid, nocopy)",
    },
  },
  positionals: [{ name: 'name', isOptional: true, complete: 'none' }],
  examples: [
    'gantry volume create data',
    'gantry volume create --label owner=web data',
    'gantry volume create -o type=tmpfs -o device=tmpfs -o o=size=64M,uid=1000 scratch',
  ],
  async run(open, { options, args }) {
    const request = {
      ...(args[0] === undefined ? {} : { name: args[0] }),
      driver: options.driver,
      labels: Object.fromEntries(options.label.map((text) => pair(text, 'labels'))),
      options: Object.fromEntries(options.opt.map((text) => pair(text, 'options'))),
    }
    const [engine, { createVolume }] = await Promise.all([open(), import('../../../engine/volume/create.ts')])
    printLine(await createVolume(engine, request, { isKept: options.ignore }))
    return 0
  },
})

function pair(text: string, what: string): [string, string] {
  const at = text.indexOf('=')
  if (at === 0 || text === '') {
    throw invalid('arguments-invalid', `unable to process ${what}: invalid label format: ${JSON.stringify(text)}`)
  }
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
