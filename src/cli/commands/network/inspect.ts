// network inspect: what is known of networks, and who is in them.

import { defineCommand } from '../../command.ts'
import { inspectOptions } from '../../inspect-options.ts'

const format = {
  ...inspectOptions.format,
  fields:
    'Name ID Driver NetworkInterface Created Subnets Routes IPv6Enabled Internal DNSEnabled ' +
    'NetworkDNSServers Labels Options IPAMOptions Containers',
}

export default defineCommand({
  options: { format },
  positionals: [{ name: 'network', isVariadic: true, complete: 'network' }],
  examples: [
    'gantry network inspect podman',
    "gantry network inspect --format '{{range .Subnets}}{{.Subnet}}{{end}}' web",
  ],
  run: async (open, { options, args }) => {
    const [engine, { inspectObjects }] = await Promise.all([open(), import('../../inspect-objects.ts')])
    return inspectObjects(engine, {
      names: args,
      type: 'network',
      format: options.format,
      hasSize: false,
      isLatest: false,
    })
  },
})
