// container cleanup: what follows a container's end. The monitor runs it; users may too.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { passOver } from '../../pass-over.ts'
import { allOption, checkTargets, findTargets, forEachTarget, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Clean up all containers'),
    exec: {
      type: 'string',
      describe: 'Clean up the given exec session instead of the container',
      value: 'session',
    },
    latest: latestOption,
    restart: { type: 'boolean', describe: 'After cleanup, do what the restart policy asks for', isHidden: true },
    rm: { type: 'boolean', describe: 'After cleanup, remove the container entirely' },
    rmi: { type: 'boolean', describe: 'After cleanup, remove the image, unless a container uses it' },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: [
    'gantry container cleanup web',
    'gantry container cleanup --all',
    'gantry container cleanup --rm --rmi web',
  ],
  async run(open, { options, args }) {
    const { all, exec, latest, restart, rm, rmi } = options
    const words = { names: args, all, latest }
    checkTargets(words)
    if (exec !== undefined && all) throw invalid('arguments-invalid', '--all and --exec cannot be set together')
    if (exec !== undefined && rmi) throw invalid('arguments-invalid', '--exec and --rmi cannot be set together')
    if (exec !== undefined && args.length > 1) {
      throw invalid('arguments-invalid', 'cannot use exec option when more than one container is given')
    }
    const engine = await open()
    const targets = await findTargets(engine, { ...words, ignore: true })
    if (exec !== undefined) {
      const { cleanupExec } = await import('../../../engine/container/exec.ts')
      for (const { container } of targets) cleanupExec(engine, container, exec)
      return 0
    }
    const { cleanup } = await import('../../../engine/container/cleanup.ts')
    return forEachTarget(targets, async ({ container }) =>
      passOver(true, async () =>
        cleanup(engine, container, { isRemoved: rm, isImageRemoved: rmi, isForRestart: restart }),
      ),
    )
  },
})
