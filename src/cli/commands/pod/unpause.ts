// pod unpause: thaws what is paused in pods.

import { defineCommand } from '../../command.ts'
import { checkPodWords, findPods, forEachPod, latestPodOption, podsPositional } from '../../pod-targets.ts'
import { allOption } from '../../targets.ts'

export default defineCommand({
  options: { all: allOption('Unpause all paused pods'), latest: latestPodOption },
  positionals: podsPositional,
  examples: ['gantry pod unpause web', 'gantry pod unpause --all'],
  async run(open, { options, args }) {
    const words = { names: args, ...options }
    checkPodWords(words)
    const [engine, { unpause }] = await Promise.all([open(), import('../../../engine/pod/unpause.ts')])
    const targets = await findPods(engine, words)
    return forEachPod(targets, { work: async (pod) => unpause(engine, pod), isIdShown: true })
  },
})
