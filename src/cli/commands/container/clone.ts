// container clone: a container that is set up as another one.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { limitOptions, limitsOf } from '../../options/limits.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    ...limitOptions,
    destroy: { type: 'boolean', describe: 'Remove the original container' },
    force: { type: 'boolean', short: 'f', describe: 'Remove it even while it runs; with --destroy' },
    name: {
      type: 'string',
      value: 'name',
      describe: 'Name of the clone; the name of the original and "-clone" unless said',
    },
    run: { type: 'boolean', describe: 'Start the clone' },
  },
  positionals: [
    { name: 'container', complete: 'container' },
    { name: 'name', isOptional: true, complete: 'none' },
    { name: 'image', isOptional: true, complete: 'image' },
  ],
  description:
    'The clone has the command, environment, mounts, networks and limits of the original as they are now; limits can be given anew, and another ' +
    'image. What the original wrote stays with it, volumes are shared.',
  examples: [
    'gantry container clone web',
    'gantry container clone --run --memory 1g web web-large',
    'gantry container clone --destroy --force web web-new registry.example.org/web:2',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    if (options.force && !options.destroy) throw invalid('flags-conflict', 'cannot set --force without --destroy')
    const [original = '', name = options.name, image] = args
    const limits = limitsOf(invocation)
    const [engine, { clone }, { selectContainer }] = await Promise.all([
      open(),
      import('../../../engine/container/clone.ts'),
      import('../../../engine/container/select.ts'),
    ])
    const { id } = await clone(engine, {
      container: selectContainer(engine, original.replace(/^\//, '')),
      ...(name === undefined || name === '' ? {} : { name }),
      ...(image === undefined ? {} : { image }),
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      isDestroying: options.destroy,
      isForced: options.force,
      isStarted: options.run,
    })
    printLine(id)
    return 0
  },
})
