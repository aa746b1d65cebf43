// manifest inspect: a list of the store, or one in a registry.

import { defineCommand } from '../../command.ts'
import { listAccessOptions, toListAccess } from '../../options/list-access.ts'
import { printJson } from '../../render/print.ts'

const { authfile, insecure, 'tls-verify': tlsVerify } = listAccessOptions

export default defineCommand({
  options: {
    authfile,
    insecure,
    'tls-verify': tlsVerify,
    verbose: {
      type: 'boolean',
      short: 'v',
      describe: 'Accepted for compatibility with docker: all is shown anyway',
      isHidden: true,
    },
  },
  positionals: [{ name: 'image', complete: 'image' }],
  description: 'What is no list in local storage is looked for in its registry.',
  examples: ['gantry manifest inspect localhost/list', 'gantry manifest inspect docker.io/library/busybox'],
  async run(open, { options, args: [name = ''], given }) {
    const access = toListAccess({ options, given })
    const [engine, { inspect }] = await Promise.all([open(), import('../../../engine/manifest/inspect.ts')])
    printJson(await inspect(engine, name, access))
    return 0
  },
})
