// pod clone: a pod that is set up as another one.

import { defineCommand } from '../../command.ts'
import { podCloneOptions, toPodChanges } from '../../options/pod-clone.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: podCloneOptions,
  positionals: [
    { name: 'pod', complete: 'pod' },
    { name: 'name', isOptional: true, complete: 'none' },
  ],
  description:
    'Its containers are cloned with it, as container clone does. The original keeps its published ports: only one of the two pods can run with them. ' +
    "Volumes, devices and security options that are given reach its containers, too; restart policies of theirs that are not the pod's stay.",
  examples: [
    'gantry pod clone web',
    'gantry pod clone --start --memory 1g web web-large',
    'gantry pod clone --label tier=test --volume ./data:/data web',
    'gantry pod clone --destroy web new',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    const [original = '', name = options.name] = args
    const [engine, { clone }, { selectPod }] = await Promise.all([
      open(),
      import('../../../engine/pod/clone.ts'),
      import('../../../engine/pod/find-pod.ts'),
    ])
    const { id } = await clone(engine, {
      pod: selectPod(engine.at, original),
      ...(name === undefined || name === '' ? {} : { name }),
      changes: toPodChanges(invocation, engine.settings),
      isDestroying: options.destroy,
      isStarted: options.start,
    })
    printLine(id)
    return 0
  },
})
