// pod rm: pods with all their containers.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import {
  checkPodWords,
  findPods,
  forEachPod,
  latestPodOption,
  podIdFileOption,
  podsPositional,
} from '../../pod-targets.ts'
import { printError } from '../../render/error.ts'
import { allOption, timeOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Remove all pods'),
    force: { type: 'boolean', short: 'f', describe: 'Force removal of a running pod by first stopping all containers' },
    ignore: { type: 'boolean', short: 'i', describe: 'Ignore errors when a specified pod is missing' },
    latest: latestPodOption,
    'pod-id-file': podIdFileOption,
    time: timeOption,
  },
  positionals: podsPositional,
  examples: ['gantry pod rm web', 'gantry pod rm --force --time 2 web db', 'gantry pod rm --all'],
  async run(open, { options, args }) {
    const { all, latest, force, time } = options
    if (time !== undefined && !force) {
      throw invalid('arguments-invalid', '--force option must be specified to use the --time option')
    }
    const isIgnoring = options.ignore || force
    const words = { names: args, all, latest, isIgnoring, idFiles: options['pod-id-file'] }
    checkPodWords(words)
    const [engine, { remove }, { isPodGone }] = await Promise.all([
      open(),
      import('../../../engine/pod/remove.ts'),
      import('../../../engine/pod/find-pod.ts'),
    ])
    try {
      const wait = time === undefined ? {} : { timeoutSeconds: time }
      return await forEachPod(await findPods(engine, words), {
        work: async (pod) => remove(engine, { pod, isForced: force, ...wait }),
        isIdShown: true,
      })
    } catch (error) {
      if (!isPodGone(error)) throw error
      printError(error)
      return 1
    }
  },
})
