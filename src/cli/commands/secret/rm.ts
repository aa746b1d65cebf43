// secret rm: remove secrets. Containers that have them keep them.

import { invalid } from '../../../base/errors.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Remove all secrets' },
    ignore: { type: 'boolean', short: 'i', describe: 'Ignore errors when a specified secret is missing' },
  },
  positionals: [{ name: 'secret', isVariadic: true, isOptional: true, complete: 'secret' }],
  description: 'A container that was made with a secret keeps it.',
  examples: ['gantry secret rm db-password', 'gantry secret rm --all'],
  async run(open, { options: { all, ignore }, args }) {
    if (all === args.length > 0) {
      throw invalid('arguments-invalid', '`gantry secret rm` requires one argument, or the --all flag')
    }
    return removeAll(await open(), { args, all, ignore })
  },
})

interface Removal {
  readonly args: readonly string[]
  readonly all: boolean
  readonly ignore: boolean
}

async function removeAll(engine: Engine, { args, all, ignore }: Removal): Promise<number> {
  const [{ removeSecret }, { isSecretUnknown, listSecrets }] = await Promise.all([
    import('../../../engine/secret/remove.ts'),
    import('../../../secret/secret-store.ts'),
  ])
  const errors: unknown[] = []
  for (const text of all ? listSecrets(engine.at).map(({ id }) => id) : args) {
    try {
      printLine(await removeSecret(engine, text))
    } catch (error) {
      if (!((ignore || all) && isSecretUnknown(error))) errors.push(error)
    }
  }
  complainJoined(errors)
  return errors.length === 0 ? 0 : exitCodes.failed
}
