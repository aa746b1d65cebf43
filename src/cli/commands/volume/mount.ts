// volume mount: where the volume's content is, mounted if it needs that.

import { EngineError } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'volume', complete: 'volume' }],
  description: 'Prints the path. As often as it is mounted it must be unmounted; containers are not counted.',
  examples: ['gantry volume mount data', 'gantry unshare gantry volume mount data'],
  async run(open, { args: [name] }) {
    if (isOutsideOfMounts()) throw outside()
    const [engine, { mountByHand }] = await Promise.all([open(), import('../../../engine/volume/mount.ts')])
    printLine(await mountByHand(engine, name as string))
    return 0
  },
})

/** What is mounted for an ordinary user is seen only where `unshare` leads. */
function isOutsideOfMounts(): boolean {
  return process.env['_GANTRY_ROOTLESS_UID'] !== undefined && process.env['_GANTRY_UNSHARED'] === undefined
}

function outside(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'unshare-needed',
    message: 'cannot run command "gantry volume mount" in rootless mode, must execute `gantry unshare` first',
  })
}
