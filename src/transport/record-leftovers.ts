// Temporaries of records that killed processes left beside images, manifest lists, names, packings and the OCI index. All are written under the
// images lock, so that one found while nobody holds it is nobody's.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'
import { removeFile } from '../os/atomic-file.ts'
import { type Layout, paths } from '../state/layout.ts'
import { isLockHeld, tryAcquireLock } from '../state/lock.ts'

/** Paths. Lock-free. */
export function recordLeftovers(at: Layout): string[] {
  const found = temporaries(at)
  return found.length === 0 || isLockHeld(paths.imagesLock(at)) ? [] : found.filter((path) => existsSync(path))
}

/** Removes them; answers the paths. Idempotent; needs no free space. */
export function sweepRecordLeftovers(at: Layout): string[] {
  if (temporaries(at).length === 0) return []
  using lock = tryAcquireLock({ path: paths.imagesLock(at), kind: 'image', label: 'the table of images' })
  if (lock === undefined) return []
  const found = temporaries(at)
  for (const path of found) removeFile(path)
  return found
}

function temporaries(at: Layout): string[] {
  return [paths.images(at), paths.manifestLists(at), paths.imageNames(at), paths.packings(at), at.root].flatMap(
    (folder) => {
      const names = absentAsUndefined(() => readdirSync(folder)) ?? []
      return names.filter((name) => /\.[0-9a-f]{12}\.tmp$/.test(name)).map((name) => join(folder, name))
    },
  )
}
