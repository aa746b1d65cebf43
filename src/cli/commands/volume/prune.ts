// volume prune: removes the volumes that no container uses.

import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { isConfirmed } from '../../confirm.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    filter: { type: 'strings', value: 'filter', describe: "Provide filter values (e.g. 'label=<key>=<value>')" },
    force: { type: 'boolean', short: 'f', describe: 'Do not prompt for confirmation' },
  },
  positionals: [],
  examples: ['gantry volume prune', 'gantry volume prune --force --filter label=temporary'],
  async run(open, { options: { filter, force } }) {
    const engine = await open()
    if (!force && !(await isWanted(engine, filter))) return 0
    const { pruneVolumes } = await import('../../../engine/volume/prune.ts')
    const outcomes = await pruneVolumes(engine, filter)
    for (const { name, error } of outcomes) if (error === undefined) printLine(name)
    const errors = outcomes.flatMap(({ error }) => error ?? [])
    complainJoined(errors)
    return errors.length === 0 ? 0 : exitCodes.failed
  },
})

async function isWanted(engine: Engine, filters: readonly string[]): Promise<boolean> {
  const { prunableVolumes } = await import('../../../engine/volume/prune.ts')
  const names = prunableVolumes(engine, filters).map(({ name }) => name)
  const warning =
    'WARNING! This will remove all volumes not used by at least one container. The following volumes will be removed:'
  if (names.length > 0) return isConfirmed([warning, ...names].join('\n'))
  printLine(warning)
  printLine('No dangling volumes found')
  return false
}
