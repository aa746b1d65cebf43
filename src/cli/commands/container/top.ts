// top: the processes of a running container.

import { invalid } from '../../../base/errors.ts'
import type { StoredContainer } from '../../../engine/container/stored-container.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { descriptorsOption, descriptorsPositional, printDescriptors, printTop } from '../../top-table.ts'

export default defineCommand({
  options: {
    latest: { type: 'boolean', short: 'l', describe: 'Act on the latest container Gantry is aware of' },
    'list-descriptors': descriptorsOption,
  },
  positionals: [{ name: 'container', isOptional: true, complete: 'running-container' }, descriptorsPositional],
  description:
    'Shows the columns of ps(1) that are named by AIX format descriptors, and those of containers: hpid, huser, huid, hgroup, hgroups, ' +
    'capeff, capbnd, capamb, capinh, capprm, seccomp, label. With flags of ps(1), such as -eo, that program is run among the processes.',
  examples: ['gantry top web', 'gantry top web pid seccomp args %C', 'gantry top web -eo user,pid,comm'],
  async run(open, { options, args }) {
    if (options['list-descriptors']) {
      await printDescriptors()
      return 0
    }
    if (args.length === 0 && !options.latest) {
      throw invalid('arguments-invalid', 'you must provide the name or id of a running container')
    }
    const engine = await open()
    const { top } = await import('../../../engine/container/top.ts')
    const container = await findContainer(engine, options.latest ? undefined : args[0])
    const rows = await top(engine, container, options.latest ? args : args.slice(1))
    printTop(rows)
    return 0
  },
})

/** The latest one where none is named. */
async function findContainer(engine: Engine, name: string | undefined): Promise<StoredContainer> {
  const { selectContainer, selectContainers } = await import('../../../engine/container/select.ts')
  if (name !== undefined) return selectContainer(engine, name.replace(/^\//, ''))
  const chosen = selectContainers(engine, { names: [], all: false, latest: true, filters: [], ignore: false })
  return chosen[0] as StoredContainer
}
