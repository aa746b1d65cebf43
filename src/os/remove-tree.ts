// Removing folders. The only recursive removal in Gantry: it never leaves the file system it starts on, so a volume or a
// host folder that is still mounted below survives (podman#19870, #18287).

import { chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { absentAsUndefined, EngineError, errnoOf } from '../base/errors.ts'

/**
 * Removes `path` and what is below it, following no links. Idempotent. Needs no free space.
 * @throws conflict `tree-has-mount` when a mount point is met: what was seen before is gone, the mount is untouched.
 */
export function removeTree(path: string): void {
  const stat = absentAsUndefined(() => lstatSync(path))
  if (stat === undefined) return
  if (stat.isDirectory()) removeFolder(Buffer.from(path), stat.dev)
  else unlinkSync(path)
}

const slash = Buffer.from('/')

/** How often somebody else may put something into a folder that is being emptied. */
const maxRounds = 20

/** Names are bytes: a container may make one that is no text. */
function removeFolder(folder: Buffer, device: number): void {
  for (let round = 1; ; round += 1) {
    for (const entry of listing(folder)) {
      const path = Buffer.concat([folder, slash, entry.name])
      if (!entry.isDirectory()) unlinkEntry(path)
      else if (lstatSync(path).dev === device) removeFolder(path, device)
      else throw mountMet(path)
    }
    if (isRemoved(folder, round < maxRounds)) return
  }
}

/** False where something has come in meanwhile. */
function isRemoved(folder: Buffer, mayFail: boolean): boolean {
  try {
    rmdirSync(folder)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EBUSY') throw mountMet(folder)
    if (errno === 'ENOTEMPTY' && mayFail) return false
    if (errno !== 'ENOENT') throw error
  }
  return true
}

function listing(folder: Buffer) {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error
    chmodSync(folder, 0o700)
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
  }
}

function unlinkEntry(path: Buffer): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errnoOf(error) === 'EBUSY') throw mountMet(path)
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

function mountMet(path: Buffer): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'tree-has-mount',
    message: `something is mounted on '${path}', so it was not removed`,
    hint: `Unmount it: umount '${path}'`,
  })
}
