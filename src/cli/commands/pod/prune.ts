// pod prune: removes all pods of which nothing runs.

import { defineCommand } from '../../command.ts'
import { isConfirmed } from '../../confirm.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: { force: { type: 'boolean', short: 'f', describe: 'Do not prompt for confirmation' } },
  positionals: [],
  examples: ['gantry pod prune', 'gantry pod prune --force'],
  async run(open, { options }) {
    if (!options.force && !(await isConfirmed('WARNING! This will remove all stopped/exited pods..'))) return 0
    const [engine, { prune }] = await Promise.all([open(), import('../../../engine/pod/prune.ts')])
    const outcomes = await prune(engine)
    for (const { id, error } of outcomes) if (error === undefined) printLine(id)
    const errors = outcomes.flatMap(({ error }) => error ?? [])
    complainJoined(errors)
    return errors.length === 0 ? 0 : exitCodes.failed
  },
})
