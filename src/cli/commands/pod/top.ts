// pod top: the processes of a pod's containers.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { findPods, latestPodOption } from '../../pod-targets.ts'
import { descriptorsOption, descriptorsPositional, printDescriptors, printTop } from '../../top-table.ts'

export default defineCommand({
  options: {
    latest: latestPodOption,
    'list-descriptors': descriptorsOption,
  },
  positionals: [{ name: 'pod', isOptional: true, complete: 'pod' }, descriptorsPositional],
  examples: ['gantry pod top web', 'gantry pod top web pid seccomp args %C'],
  async run(open, { options, args }) {
    if (options['list-descriptors']) {
      await printDescriptors()
      return 0
    }
    if (args.length === 0 && !options.latest) {
      throw invalid('arguments-invalid', 'you must provide the name or id of a running pod')
    }
    const [engine, { podTop }] = await Promise.all([open(), import('../../../engine/pod/top.ts')])
    const [target] = await findPods(engine, { names: args.slice(0, 1), latest: options.latest })
    if (target === undefined) return 0
    const rows = await podTop(engine, target.pod, options.latest ? args : args.slice(1))
    printTop(rows)
    return 0
  },
})
