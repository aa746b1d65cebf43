// container prune: removes all containers that do not run.

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
  examples: ['gantry container prune', 'gantry container prune --force --filter until=24h'],
  async run(open, { options }) {
    if (!options.force && !(await isConfirmed('WARNING! This will remove all non running containers.'))) return 0
    const [engine, { prune }] = await Promise.all([open(), import('../../../engine/container/prune.ts')])
    const outcomes = await prune(engine, options.filter)
    for (const { id, error } of outcomes) if (error === undefined) printLine(id)
    const errors = outcomes.flatMap(({ error }) => error ?? [])
    complainJoined(errors)
    return errors.length === 0 ? 0 : exitCodes.failed
  },
})
