// Gantry as README has it installed: on the root disk, for a boot's generators run before the second disk is there.

import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { installation } from './caller.ts'

/** Idempotent. */
export function install(): void {
  if (existsSync(installation)) return
  cpSync('/mnt/gantry', installation, { recursive: true, verbatimSymlinks: true })
  for (const kind of ['system', 'user']) {
    const folder = `/usr/local/lib/systemd/${kind}-generators`
    mkdirSync(folder, { recursive: true })
    symlinkSync(`${installation}/bin/quadlet`, `${folder}/gantry-${kind}-generator`)
  }
}
