// A container's root that is another user outside must get at its own root file system: every folder on the way there lets it through,
// though not look around. podman does the same.

import { chmodSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from '../../base/errors.ts'

const search = 0o111

export function openWay(path: string): void {
  for (let folder = path; folder !== '/'; folder = dirname(folder)) {
    const mode = statSync(folder).mode & 0o7777
    if ((mode & search) !== search) chmodIfOurs(folder, mode | search)
  }
}

function chmodIfOurs(folder: string, mode: number): void {
  try {
    chmodSync(folder, mode)
  } catch (error) {
    // Somebody else's: the runtime will say what it cannot reach.
    if (!['EPERM', 'EACCES', 'EROFS'].includes(errnoOf(error) ?? '')) throw error
  }
}
