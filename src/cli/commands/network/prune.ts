// network prune: removes the networks that no container is in.

import { defineCommand } from '../../command.ts'
import { isConfirmed } from '../../confirm.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    filter: { type: 'strings', value: 'filter', describe: 'Only those that match: label, until', complete: 'none' },
    force: { type: 'boolean', short: 'f', describe: 'Do not prompt for confirmation' },
  },
  positionals: [],
  examples: ['gantry network prune', 'gantry network prune --force --filter label=ci'],
  async run(open, { options }) {
    const warning = 'WARNING! This will remove all networks not used by at least one container.'
    if (!options.force && !(await isConfirmed(warning))) return 0
    const [engine, { prune }] = await Promise.all([open(), import('../../../engine/network/prune.ts')])
    const outcomes = await prune(engine, options.filter)
    for (const { name, error } of outcomes) if (error === undefined) printLine(name)
    const errors = outcomes.flatMap(({ error }) => error ?? [])
    complainJoined(errors)
    return errors.length === 0 ? 0 : exitCodes.failed
  },
})
