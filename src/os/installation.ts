// Where this installation's own files lie, from the sources as from the bundle.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder that holds package.json. */
export const installationFolder = findInstallation(import.meta.dirname)

/** Programs that Gantry starts and nobody else: monitor, userns, native.node. */
export const libexecFolder = join(installationFolder, 'libexec', 'gantry')

/** What to exec to run this very Gantry again. */
export const gantryCommand = join(installationFolder, 'bin', 'gantry')

function findInstallation(from: string): string {
  for (let folder = from; folder !== '/'; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  throw new Error(`no package.json above ${from}`)
}
