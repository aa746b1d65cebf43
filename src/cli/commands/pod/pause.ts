// pod pause: freezes all that runs in pods.

import { defineCommand } from '../../command.ts'
import { checkPodWords, findPods, forEachPod, latestPodOption, podsPositional } from '../../pod-targets.ts'
import { allOption } from '../../targets.ts'

export default defineCommand({
  options: { all: allOption('Pause all running pods'), latest: latestPodOption },
  positionals: podsPositional,
  examples: ['gantry pod pause web', 'gantry pod pause --all'],
  async run(open, { options, args }) {
    const words = { names: args, ...options }
    checkPodWords(words)
    const [engine, { pause }] = await Promise.all([open(), import('../../../engine/pod/pause.ts')])
    const targets = await findPods(engine, words)
    return forEachPod(targets, { work: async (pod) => pause(engine, pod), isIdShown: true })
  },
})
