// pod stop: all containers, the infra container last.

import { defineCommand } from '../../command.ts'
import {
  checkPodWords,
  findPods,
  forEachPod,
  latestPodOption,
  podIdFileOption,
  podsPositional,
} from '../../pod-targets.ts'
import { allOption, timeOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Stop all running pods'),
    ignore: { type: 'boolean', short: 'i', describe: 'Ignore errors when a specified pod is missing' },
    latest: latestPodOption,
    'pod-id-file': podIdFileOption,
    time: timeOption,
  },
  positionals: podsPositional,
  examples: ['gantry pod stop web', 'gantry pod stop --time 2 web db', 'gantry pod stop --all'],
  async run(open, { options, args }) {
    const { all, latest, ignore: isIgnoring, time } = options
    const words = { names: args, all, latest, isIgnoring, idFiles: options['pod-id-file'] }
    checkPodWords(words)
    const [engine, { stop }] = await Promise.all([open(), import('../../../engine/pod/stop.ts')])
    const wait = time === undefined ? {} : { timeoutSeconds: time }
    return forEachPod(await findPods(engine, words), { work: async (pod) => stop(engine, { pod, ...wait }) })
  },
})
