// What criu needs of a bundle and of its images, beyond what a start does.

import { chmodSync, chownSync, existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import { checkpointFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { readBundleConfig, writeBundleConfig } from './bundle-config.ts'
import { rootOutside } from './container-volumes.ts'
import type { StoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

/** The bundle is written. Idempotent. The container's lock is held. */
export function settleRestored(engine: Engine, container: StoredContainer): void {
  nameSources(engine, container)
  giveImages(engine, container)
}

/** criu does not follow a link to what it mounts. */
function nameSources({ at }: Engine, { id }: StoredContainer): void {
  const config = readBundleConfig(at, id)
  if (config === undefined) throw new Error(`container ${id} has no bundle`)
  const mounts = config.mounts.map((mount) => {
    const isBind = mount.type === 'bind' || mount.options?.some((option) => option === 'bind' || option === 'rbind')
    if (isBind !== true || mount.source === undefined) return mount
    const { source } = mount
    return { ...mount, source: absentAsUndefined(() => realpathSync(source)) ?? source }
  })
  writeBundleConfig(at, id, { ...config, mounts })
}

/**
 * They are opened by the container's root: as the host's before its ids are mapped and as its own after. criu does not wait with the first ones,
 * so both may enter, and nobody else.
 */
function giveImages({ at, settings }: Engine, { id, stored }: StoredContainer): void {
  const mappings = idMappings(stored.spec.namespaces.user, userSituation(settings.isRootless))
  if (mappings === undefined) return
  const { gid } = rootOutside(mappings)
  const folder = paths.criu(at, id)
  for (const path of [folder, join(folder, checkpointFiles.images), join(folder, checkpointFiles.previous)]) {
    if (!existsSync(path)) continue
    chownSync(path, 0, gid)
    chmodSync(path, 0o710)
  }
}
