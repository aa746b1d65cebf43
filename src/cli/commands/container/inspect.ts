// container inspect: what is known of containers.

import { defineCommand } from '../../command.ts'
import { inspectOptions } from '../../inspect-options.ts'

export default defineCommand({
  options: inspectOptions,
  positionals: [{ name: 'CONTAINER', isVariadic: true, isOptional: true, complete: 'container' }],
  description: 'Displays the low-level information on a container identified by name or ID.',
  examples: ['gantry container inspect web', "gantry container inspect -l --format '{{.Id}} {{.Config.Labels}}'"],
  run: async (open, { options, args }) => {
    const [engine, { inspectObjects }] = await Promise.all([open(), import('../../inspect-objects.ts')])
    const { format, size, latest } = options
    return inspectObjects(engine, { names: args, type: 'container', format, hasSize: size, isLatest: latest })
  },
})
