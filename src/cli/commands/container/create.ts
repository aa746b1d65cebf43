// create: everything but the start.

import { writeFileSync } from 'node:fs'
import { defineCommand } from '../../command.ts'
import { containerOptions, toContainerSpec, toCreateOptions } from '../../options/container.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: containerOptions,
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'command', isOptional: true, isRest: true },
  ],
  examples: ['gantry create --name web IMAGE', 'gantry create -it --rm IMAGE sh'],
  async run(open, invocation) {
    const { options } = invocation
    const engine = await open()
    const spec = toContainerSpec(invocation, engine.settings)
    const { create } = await import('../../../engine/container/create.ts')
    const { id } = await create(engine, spec, toCreateOptions(invocation))
    if (options.cidfile !== undefined) writeFileSync(options.cidfile, id)
    printLine(id)
    return 0
  },
})
