// create: everything but the start.

import type { CreatedContainer } from '../../../engine/container/create.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { containerOptions, toContainerSpec, toCreateOptions } from '../../options/container.ts'
import { withHealth } from '../../options/health.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: containerOptions,
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'command', isOptional: true, isRest: true },
  ],
  examples: ['gantry create --name web IMAGE', 'gantry create -it --rm IMAGE sh'],
  async run(open, invocation) {
    const engine = await open()
    const spec = await withHealth(toContainerSpec(invocation, engine.settings), invocation)
    const { create } = await import('../../../engine/container/create.ts')
    const created = await create(engine, spec, toCreateOptions(invocation))
    if (spec.cidFile !== undefined) await writeId(engine, spec.cidFile, created)
    printLine(created.id)
    return 0
  },
})

/** Where it cannot be written there is no container either. */
async function writeId(engine: Engine, path: string, container: CreatedContainer): Promise<void> {
  const { writeCidFile } = await import('../../../engine/container/cid-file.ts')
  try {
    writeCidFile(path, container.id)
  } catch (error) {
    const { remove } = await import('../../../engine/container/remove.ts')
    await remove(engine, { container, isForced: true, removesDependents: false })
    throw error
  }
}
