// Whether something built is still newer than what it is made from: a second `npm run build` does nothing.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** All files below the folders, recursively. */
export function filesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
}

/** False where the target is missing. */
export function isNewer(target: string, sources: readonly string[]): boolean {
  if (!existsSync(target)) return false
  const builtAt = statSync(target).mtimeMs
  return sources.every((source) => statSync(source).mtimeMs < builtAt)
}
