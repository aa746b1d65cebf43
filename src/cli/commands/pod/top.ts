// pod top: the processes of a pod's containers.

import { invalid } from '../../../base/errors.ts'
import { alignTabs } from '../../../base/tabwriter.ts'
import { defineCommand } from '../../command.ts'
import { findPods, latestPodOption } from '../../pod-targets.ts'
import { print, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    latest: latestPodOption,
    'list-descriptors': { type: 'boolean', isHidden: true, describe: 'List the format descriptors' },
  },
  positionals: [
    { name: 'pod', isOptional: true, complete: 'pod' },
    { name: 'descriptors', usage: '[FORMAT-DESCRIPTORS|ARGS...]', isOptional: true, isRest: true, complete: 'none' },
  ],
  examples: ['gantry pod top web', 'gantry pod top web pid seccomp args %C'],
  async run(open, { options, args }) {
    if (options['list-descriptors']) return listDescriptors()
    if (args.length === 0 && !options.latest) {
      throw invalid('arguments-invalid', 'you must provide the name or id of a running pod')
    }
    const [engine, { podTop }] = await Promise.all([open(), import('../../../engine/pod/top.ts')])
    const [target] = await findPods(engine, { names: args.slice(0, 1), latest: options.latest })
    if (target === undefined) return 0
    const rows = await podTop(engine, target.pod, options.latest ? args : args.slice(1))
    print(alignTabs(`${rows.map((cells) => cells.join('\t')).join('\n')}\n`))
    return 0
  },
})

async function listDescriptors(): Promise<number> {
  const { descriptorNames } = await import('../../../engine/container/top-descriptors.ts')
  for (const name of descriptorNames()) printLine(name)
  return 0
}
