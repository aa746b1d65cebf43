// Kubernetes knows users by number only: who a name is, the container's own files say.

import { lockContainer } from '../container/lock-container.ts'
import { mountInPassing } from '../container/passing-mount.ts'
import { resolveUserIn } from '../container/resolve-user.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'

/** As it is, but for its user, which has become `uid:gid` if it was a name and not the image's. @throws invalid `user-unknown` */
export async function withNumericUser(engine: Engine, container: StoredContainer): Promise<StoredContainer> {
  const { stored } = container
  const { user = '' } = stored.spec.process
  if (/^(?:\d+(?::\d+)?)?$/.test(user)) return container
  using locked = await lockContainer(engine, container)
  await using mounted = mountInPassing(engine, locked.container)
  const { uid, gid } = resolveUserIn(mounted.path, user)
  const process = { ...stored.spec.process, user: `${uid}:${gid}` }
  return { ...container, stored: { ...stored, spec: { ...stored.spec, process } } }
}
