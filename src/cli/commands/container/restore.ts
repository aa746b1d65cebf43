// container restore: what was checkpointed goes on.

import { defineCommand } from '../../command.ts'
import { printReports } from '../../criu-reports.ts'
import { allOption, checkTargets, findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Restore all checkpointed containers'),
    'file-locks': { type: 'boolean', describe: 'Restore a container with file locks' },
    'ignore-static-ip': { type: 'boolean', describe: 'Ignore IP address set via --static-ip' },
    'ignore-static-mac': { type: 'boolean', describe: 'Ignore MAC address set via --mac-address' },
    keep: { type: 'boolean', short: 'k', describe: 'Keep all temporary checkpoint files' },
    latest: latestOption,
    'print-stats': { type: 'boolean', describe: 'Display restore statistics' },
    'tcp-established': { type: 'boolean', describe: 'Restore a container with established TCP connections' },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  description: 'Needs criu, and root. The container gets the addresses back that it had.',
  examples: ['gantry container restore web', 'gantry container restore --all'],
  async run(open, { options, args }) {
    const { all, latest } = options
    const words = { names: args, all, latest }
    checkTargets(words)
    const engine = await open()
    const [{ restore }, { hasCheckpoint }] = await Promise.all([
      import('../../../engine/container/restore.ts'),
      import('../../../runtime/live-state.ts'),
    ])
    const targets = (await findTargets(engine, words)).filter(
      ({ container }) => !all || (container.live.status === 'exited' && hasCheckpoint(engine.at, container.id)),
    )
    const how = {
      keepsConnections: options['tcp-established'],
      keepsFileLocks: options['file-locks'],
      keepsFiles: options.keep,
      ignoresAddresses: options['ignore-static-ip'],
      ignoresMacs: options['ignore-static-mac'],
    }
    return printReports(targets, 'restore', {
      hasStatistics: options['print-stats'],
      work: async ({ container }) => restore(engine, { ...how, container }),
    })
  },
})
