// Option `idmap`: a source mounted once more, in the container's run folder, with the owners that the container is to see. The runtime binds
// that; so it need not know how to map ids itself.

import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { invalid } from '../../base/errors.ts'
import { mountIdMapped } from '../../os/id-mapped-mount.ts'
import { makeFolders } from '../../os/make-folders.ts'
import type { IdMappings } from '../../spec/facts.ts'
import { insideId } from '../../spec/id-mapping.ts'
import type { Mount } from '../../spec/mounts.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import type { Owner } from '../../volume/volume-record.ts'
import type { Engine } from '../engine.ts'
import { folderNameOf } from './overlay-mounts.ts'

export interface IdMappedSource {
  readonly id: string
  readonly mount: Mount
  readonly source: string
  readonly maps: IdMappings
}

/** Where it is mounted. Idempotent. The container's lock is held. sweep.ts unmounts it. @throws unavailable `idmap-failed` */
export function setUpIdMapped(engine: Engine, { id, mount, source, maps }: IdMappedSource): string {
  const name = folderNameOf(mount.destination)
  const target = join(paths.runContainer(engine.at, id), containerFiles.run.idMapped, name)
  unmountIfMounted(target)
  makeTarget(target, source)
  const { options } = mount
  mountIdMapped({
    ...{ source, target, ...maps },
    isRecursive: !options.includes('bind'),
    isSlave: options.includes('slave') || options.includes('rslave'),
  })
  return target
}

/** A mount point of the kind of `source`. */
export function makeTarget(target: string, source: string): void {
  makeFolders(dirname(target), 0o700)
  if (existsSync(`${source}/.`)) makeFolders(target)
  // Whatever may still be mounted there keeps its content.
  else writeFileSync(target, '', { flag: 'a' })
}

/** Owners as seen from outside → owners of files that are mounted with `maps`; who has no id there stays as he is, and is nobody. */
export function ownerOfFiles(maps: IdMappings | undefined): (owner: Owner) => Owner {
  if (maps === undefined) return (owner) => owner
  return ({ uid, gid }) => ({ uid: insideId(uid, maps.uids) ?? uid, gid: insideId(gid, maps.gids) ?? gid })
}

/** Before option `U`. @throws invalid `mount-invalid` where the mount would show the files' new owner as nobody */
export function checkGivable({ destination, options }: Mount, { uid, gid }: Owner, maps: IdMappings | undefined): void {
  if (maps === undefined || !options.includes('U')) return
  if (insideId(uid, maps.uids) !== undefined && insideId(gid, maps.gids) !== undefined) return
  throw invalid(
    'mount-invalid',
    `option 'U' of the mount at '${destination}': its idmap has no id for the container's user, ${uid}:${gid} outside`,
    "Add a range to the idmap, or leave 'U' away.",
  )
}
