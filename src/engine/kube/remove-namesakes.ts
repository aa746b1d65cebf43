// kube play --replace: containers of the names that a pod's own will have, wherever they are from, `buildah from` among it.

import { claimOwner } from '../../state/claim.ts'
import { isContainerGone } from '../container/lock-container.ts'
import { remove } from '../container/remove.ts'
import type { Engine } from '../engine.ts'
import type { KubePod } from './read-pod.ts'

/** Idempotent. No lock of a pod is held. @throws as remove */
export async function removeNamesakes(engine: Engine, pod: KubePod): Promise<void> {
  for (const container of [...pod.initContainers, ...pod.containers]) {
    const name = `${pod.name}-${container.name}`
    const owner = claimOwner(engine.at, 'container', name)
    if (owner === undefined) continue
    try {
      await remove(engine, { container: { id: owner, name }, isForced: true, removesDependents: false })
    } catch (error) {
      if (!isContainerGone(error)) throw error
    }
  }
}
