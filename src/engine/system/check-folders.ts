// The state directory's own folders and its marker.

import { existsSync, mkdirSync } from 'node:fs'
import { stateFolders } from '../../state/open.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkFolders(engine: Engine): Problem[] {
  return stateFolders(engine.at)
    .filter((folder) => !existsSync(folder))
    .map((folder) => ({
      code: 'folder-missing',
      message: `the folder '${folder}' is missing`,
      heal: () => mkdirSync(folder, { recursive: true, mode: 0o700 }),
    }))
}
