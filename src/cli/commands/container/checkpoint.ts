// container checkpoint: processes as files, to go on later.

import { defineCommand } from '../../command.ts'
import { printReports } from '../../criu-reports.ts'
import { allOption, checkTargets, findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Checkpoint all running containers'),
    'file-locks': { type: 'boolean', describe: 'Checkpoint a container with file locks' },
    keep: { type: 'boolean', short: 'k', describe: 'Keep all temporary checkpoint files' },
    latest: latestOption,
    'leave-running': {
      type: 'boolean',
      short: 'R',
      describe: 'Leave the container running after writing checkpoint to disk',
    },
    'print-stats': { type: 'boolean', describe: 'Display checkpoint statistics' },
    'tcp-established': { type: 'boolean', describe: 'Checkpoint a container with established TCP connections' },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  description:
    'Needs criu, and root. The container is stopped, and goes on where it was with `container restore`; what it wrote stays where it is.',
  examples: [
    'gantry container checkpoint web',
    'gantry container checkpoint --all',
    'gantry container checkpoint --leave-running --keep web',
  ],
  async run(open, { options, args }) {
    const { all, latest } = options
    const words = { names: args, all, latest }
    checkTargets(words)
    const engine = await open()
    const { checkpoint } = await import('../../../engine/container/checkpoint.ts')
    const targets = (await findTargets(engine, words)).filter(
      ({ container }) => !all || container.live.status === 'running',
    )
    const how = {
      isLeftRunning: options['leave-running'],
      isAhead: false,
      hasPrevious: false,
      keepsConnections: options['tcp-established'],
      keepsFileLocks: options['file-locks'],
      keepsFiles: options.keep,
    }
    return printReports(targets, 'checkpoint', {
      hasStatistics: options['print-stats'],
      work: async ({ container }) => checkpoint(engine, { ...how, container }),
    })
  },
})
