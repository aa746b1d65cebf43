// A container of a pod is started under its pod's lock: so the pod's infra container does not end, for nothing else runs, at that moment.

import type { Engine } from '../engine.ts'
import { type ContainerRef, readStoredContainer } from './stored-container.ts'

/** Neither the pod's lock nor a container's is held. @throws not-found `pod-unknown` when the pod is being removed; as `work` */
export async function withPodLock<T>(engine: Engine, target: ContainerRef, work: () => Promise<T>): Promise<T> {
  const pod = readStoredContainer(engine.at, target.id)?.stored.spec.pod
  if (pod === undefined) return work()
  const { lockPod } = await import('../pod/lock-pod.ts')
  using _locked = await lockPod(engine, { id: pod.id, name: pod.id })
  return await work()
}
