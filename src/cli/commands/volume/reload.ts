// volume reload: what the configured plugins have becomes known, what they have no more is forgotten.

import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [],
  description: 'Asks the plugins that containers.conf names ([engine.volume_plugins]).',
  examples: ['gantry volume reload'],
  async run(open) {
    const [engine, { reloadVolumes }] = await Promise.all([open(), import('../../../engine/volume/reload.ts')])
    const { added, removed, errors } = await reloadVolumes(engine)
    show('Added', added)
    show('Removed', removed)
    complainJoined(errors)
    return errors.length === 0 ? 0 : exitCodes.failed
  },
})

function show(heading: string, names: readonly string[]): void {
  if (names.length === 0) return
  printLine(`${heading}:`)
  for (const name of names) printLine(name)
}
