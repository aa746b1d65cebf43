// pod start: init containers first, then all others.

import { defineCommand } from '../../command.ts'
import {
  checkPodWords,
  findPods,
  forEachPod,
  latestPodOption,
  podIdFileOption,
  podsPositional,
} from '../../pod-targets.ts'
import { allOption } from '../../targets.ts'

export default defineCommand({
  options: { all: allOption('Start all pods'), latest: latestPodOption, 'pod-id-file': podIdFileOption },
  positionals: podsPositional,
  examples: ['gantry pod start web', 'gantry pod start --all'],
  async run(open, { options, args }) {
    const words = { names: args, all: options.all, latest: options.latest, idFiles: options['pod-id-file'] }
    checkPodWords(words)
    const [engine, { start }] = await Promise.all([open(), import('../../../engine/pod/start.ts')])
    return forEachPod(await findPods(engine, words), { work: async (pod) => start(engine, pod) })
  },
})
