// pod restart: stops and starts pods.

import { defineCommand } from '../../command.ts'
import { checkPodWords, findPods, forEachPod, latestPodOption, podsPositional } from '../../pod-targets.ts'
import { allOption } from '../../targets.ts'

export default defineCommand({
  options: { all: allOption('Restart all pods'), latest: latestPodOption },
  positionals: podsPositional,
  examples: ['gantry pod restart web', 'gantry pod restart --all'],
  async run(open, { options, args }) {
    const words = { names: args, ...options }
    checkPodWords(words)
    const [engine, { restart }] = await Promise.all([open(), import('../../../engine/pod/restart.ts')])
    const targets = await findPods(engine, words)
    return forEachPod(targets, { work: async (pod) => restart(engine, pod), isIdShown: true })
  },
})
