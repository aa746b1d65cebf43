// volume rm: remove volumes. Exit codes as podman's: 1 no such volume, 2 in use, 125 anything else.

import { EngineError, invalid } from '../../../base/errors.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'
import { timeOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Remove all volumes' },
    force: {
      type: 'boolean',
      short: 'f',
      describe: 'Remove the containers that use it, too, and pass over what is not there',
    },
    time: timeOption,
  },
  positionals: [{ name: 'volume', isVariadic: true, isOptional: true, complete: 'volume' }],
  examples: ['gantry volume rm data', 'gantry volume rm --force --time 2 data', 'gantry volume rm --all'],
  async run(open, { options: { all, force, time }, args }) {
    if (all === args.length > 0) throw invalid('arguments-invalid', 'choose either one or more volumes or all')
    if (time !== undefined && !force) {
      throw invalid('arguments-invalid', '--force option must be specified to use the --time option')
    }
    const engine = await open()
    return removeAll(engine, await namesOf(engine, args, all), {
      isForced: force,
      ...(time === undefined ? {} : { timeoutSeconds: time }),
    })
  },
})

async function namesOf(engine: Engine, args: readonly string[], all: boolean): Promise<readonly string[]> {
  if (!all) return args
  const { volumeNames } = await import('../../../volume/volume-store.ts')
  return volumeNames(engine.at).sort()
}

interface Manner {
  readonly isForced: boolean
  readonly timeoutSeconds?: number
}

async function removeAll(engine: Engine, names: readonly string[], manner: Manner): Promise<number> {
  const [{ removeVolume }, { findVolume, isVolumeUnknown }] = await Promise.all([
    import('../../../engine/volume/remove.ts'),
    import('../../../engine/volume/find-volume.ts'),
  ])
  const errors: unknown[] = []
  for (const text of names) {
    try {
      const { name } = findVolume(engine, text)
      await removeVolume(engine, { ...manner, name })
      printLine(name)
    } catch (error) {
      if (!(manner.isForced && isVolumeUnknown(error))) errors.push(error)
    }
  }
  complainJoined(errors)
  return errors.map(codeOf).at(-1) ?? 0
}

function codeOf(error: unknown): number {
  if (!(error instanceof EngineError)) return exitCodes.failed
  if (error.code === 'volume-unknown') return 1
  return error.code === 'volume-in-use' ? 2 : exitCodes.failed
}
