// What `inspect` and `container inspect` have in common.

import { defineOptions } from './command.ts'

export const inspectOptions = defineOptions({
  format: {
    type: 'string',
    short: 'f',
    default: 'json',
    value: 'format',
    describe: 'Format the output to a Go template or json',
  },
  latest: { type: 'boolean', short: 'l', describe: 'Act on the latest container Gantry is aware of' },
  size: { type: 'boolean', short: 's', describe: 'Display total file size' },
})
