// pod kill: one signal to each container of pods.

import { signalNumber } from '../../../base/signal-number.ts'
import { defineCommand } from '../../command.ts'
import { checkPodWords, findPods, forEachPod, latestPodOption, podsPositional } from '../../pod-targets.ts'
import { allOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Kill all containers in all pods'),
    latest: latestPodOption,
    signal: {
      type: 'string',
      short: 's',
      value: 'signal',
      default: 'KILL',
      describe: 'Signal to send to the containers in the pod',
    },
  },
  positionals: podsPositional,
  examples: ['gantry pod kill web', 'gantry pod kill --signal TERM web', 'gantry pod kill --all'],
  async run(open, { options, args }) {
    const words = { names: args, all: options.all, latest: options.latest }
    checkPodWords(words)
    const signal = signalNumber(options.signal)
    const [engine, { kill }] = await Promise.all([open(), import('../../../engine/pod/kill.ts')])
    const targets = await findPods(engine, words)
    return forEachPod(targets, { work: async (pod) => kill(engine, pod, signal), isIdShown: true })
  },
})
