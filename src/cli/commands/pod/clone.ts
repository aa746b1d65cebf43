// pod clone: a pod that is set up as another one.

import { defineCommand } from '../../command.ts'
import { limitOptions, limitsOf } from '../../options/limits.ts'
import { printLine } from '../../render/print.ts'

const {
  'cpu-period': _period,
  'cpu-quota': _quota,
  'cpu-rt-period': _realtimePeriod,
  'cpu-rt-runtime': _realtimeRuntime,
  'device-read-iops': _reads,
  'device-write-iops': _writes,
  'memory-reservation': _reservation,
  'memory-swappiness': _swappiness,
  'pids-limit': _pids,
  ...ownLimits
} = limitOptions

export default defineCommand({
  options: {
    ...ownLimits,
    destroy: { type: 'boolean', describe: 'Remove the original pod, which must not run' },
    name: {
      type: 'string',
      short: 'n',
      value: 'name',
      describe: 'Name of the new pod; the name of the original and "-clone" unless said',
      complete: 'none',
    },
    start: { type: 'boolean', describe: 'Start the new pod' },
  },
  positionals: [
    { name: 'pod', complete: 'pod' },
    { name: 'name', isOptional: true, complete: 'none' },
  ],
  description:
    'Its containers are cloned with it, as container clone does. The original keeps its published ports: only one of the two pods can run with them.',
  examples: [
    'gantry pod clone web',
    'gantry pod clone --start --memory 1g web web-large',
    'gantry pod clone --destroy web new',
  ],
  async run(open, { options, args, given, path }) {
    const [original = '', name = options.name] = args
    const limits = limitsOf({ options: { ...unset, ...options }, args, given, path })
    const [engine, { clone }, { selectPod }] = await Promise.all([
      open(),
      import('../../../engine/pod/clone.ts'),
      import('../../../engine/pod/find-pod.ts'),
    ])
    const { id } = await clone(engine, {
      pod: selectPod(engine.at, original),
      ...(name === undefined || name === '' ? {} : { name }),
      limits,
      isDestroying: options.destroy,
      isStarted: options.start,
    })
    printLine(id)
    return 0
  },
})

/** Limits that a pod has no flag for. */
const unset = {
  'cpu-period': undefined,
  'cpu-quota': undefined,
  'cpu-rt-period': undefined,
  'cpu-rt-runtime': undefined,
  'device-read-iops': [],
  'device-write-iops': [],
  'memory-reservation': undefined,
  'memory-swappiness': undefined,
  'pids-limit': undefined,
}
