// volume create: a new volume; its name is printed.

import { defineCommand } from '../../command.ts'
import { keyValue } from '../../key-value.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    driver: {
      type: 'string',
      short: 'd',
      default: 'local',
      describe: 'Driver of the volume: local, image, or a plugin',
    },
    ignore: { type: 'boolean', describe: 'Leave a volume of that name as it is, and succeed' },
    label: { type: 'strings', short: 'l', value: 'name=value', describe: 'Add a label' },
    opt: {
      type: 'strings',
      short: 'o',
      value: 'name=value',
      describe:
        "Option for the driver; local's are type, device and o (mount options, and uid, gid, nocopy), image's is image",
    },
  },
  positionals: [{ name: 'name', isOptional: true, complete: 'none' }],
  examples: [
    'gantry volume create data',
    'gantry volume create --label owner=web data',
    'gantry volume create --driver image -o image=registry.example.org/site site',
    'gantry volume create -o type=tmpfs -o device=tmpfs -o o=size=64M,uid=1000 scratch',
  ],
  async run(open, { options, args }) {
    const request = {
      ...(args[0] === undefined ? {} : { name: args[0] }),
      driver: options.driver,
      labels: Object.fromEntries(options.label.map((text) => keyValue(text, 'unable to process labels: '))),
      options: Object.fromEntries(options.opt.map((text) => keyValue(text, 'unable to process options: '))),
    }
    const [engine, { createVolume }] = await Promise.all([open(), import('../../../engine/volume/create.ts')])
    printLine(await createVolume(engine, request, { isKept: options.ignore }))
    return 0
  },
})
