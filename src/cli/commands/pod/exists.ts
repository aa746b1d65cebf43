// pod exists: its exit code is the answer.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'pod', complete: 'pod' }],
  examples: ['gantry pod exists web'],
  async run(open, { args }) {
    const [engine, { findPod }] = await Promise.all([open(), import('../../../engine/pod/find-pod.ts')])
    return findPod(engine.at, args[0] as string) === undefined ? 1 : 0
  },
})
