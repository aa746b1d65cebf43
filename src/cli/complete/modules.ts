// The modules of containers.conf that `--module NAME` finds.

import { readdirSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'
import { moduleFolders } from '../../engine/config/configuration-files.ts'
import { surroundings } from '../../engine/config/resolve-settings.ts'

/** Those of the strongest folder first, each once. */
export function moduleNames(): string[] {
  const folders = moduleFolders(surroundings(process.env))
  return [...new Set(folders.flatMap((folder) => (absentAsUndefined(() => readdirSync(folder)) ?? []).sort()))]
}
