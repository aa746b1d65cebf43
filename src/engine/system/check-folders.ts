// The state directory's own folders and its marker.

import { existsSync } from 'node:fs'
import { makeFolders } from '../../os/make-folders.ts'
import { stateFolders } from '../../state/open.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkFolders(engine: Engine): Problem[] {
  return stateFolders(engine.at)
    .filter((folder) => !existsSync(folder))
    .map((folder) => ({
      code: 'folder-missing',
      message: `the folder '${folder}' is missing`,
      heal: () => makeFolders(folder, 0o700),
    }))
}
