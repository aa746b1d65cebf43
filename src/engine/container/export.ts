// export: a container's root file system as a tar.

import { inTurns } from '../../base/turns.ts'
import { packOpenFolder } from '../../image/pack-folder.ts'
import { tarEnd } from '../../image/tar-writer.ts'
import type { Engine } from '../engine.ts'
import { ownersInside } from './owners.ts'
import { seeRoot } from './passing-mount.ts'
import type { ContainerRef } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

/** The archive, as it is read; owners are those inside. Volumes and other mounts are left out. @throws not-found `container-unknown` */
export async function* exportContainer(engine: Engine, target: ContainerRef): AsyncGenerator<Uint8Array> {
  await using root = await seeRoot(engine, target)
  engine.events.append({ ...eventSubject(root.container), status: 'export' })
  const rules = { ownerOf: ownersInside(engine, root.container) }
  yield* inTurns(packOpenFolder(root.fd, '', rules), engine.signal)
  yield tarEnd()
}
