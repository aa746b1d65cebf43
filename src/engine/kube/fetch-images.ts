// The images of a pod's containers and volumes, found here or fetched, before anything of the pod is made.

import { logDebug } from '../../base/log.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { type ImageOfContainer, imageOfContainer } from '../container/container-image.ts'
import type { Engine } from '../engine.ts'
import { usualPull } from './container-spec.ts'
import type { PodRequest } from './play-pod.ts'
import { mountedVolumes } from './pod-volumes.ts'
import { openPullAccess } from './pull-secrets.ts'
import type { KubeContainer } from './read-container.ts'

export type FetchedImages = ReadonlyMap<KubeContainer, ImageOfContainer>

type ImageSource = Extract<ContainerSpec['source'], { kind: 'image' }>

/** No lock is held. @throws not-found `image-unknown`, `secret-unknown`, and what a pull throws */
export async function fetchImages(engine: Engine, request: PodRequest): Promise<FetchedImages> {
  const { pod, pulled } = request
  using pulling = await openPullAccess(engine, pod, request.access)
  const fetch = async (asked: ImageSource) => {
    const source = onceOf(asked, pulled)
    logDebug(`Pulling image ${asked.reference} (policy: ${asked.pull})`)
    // For one that is there already, nobody waits for a registry.
    const retry = { ...(source.pull === 'newer' ? { retries: 0 } : {}), ...pulling.access.retry }
    return imageOfContainer(engine, source, { ...pulling.access, retry })
  }
  for (const { source } of mountedVolumes(pod)) {
    if (source.kind === 'image') await fetch({ ...source, pull: source.pull ?? 'missing' })
  }
  const images = new Map<KubeContainer, ImageOfContainer>()
  for (const container of [...pod.initContainers, ...pod.containers]) {
    const { image: reference, pull = usualPull(reference) } = container
    images.set(container, await fetch({ kind: 'image', reference, pull }))
  }
  return images
}

/** What one container has looked for, its play has. For a newer one of what was built here, nobody is asked. */
function onceOf(source: ImageSource, pulled: Set<string>): ImageSource {
  if (source.pull === 'never') return source
  const isBuiltHere = source.pull === 'newer' && source.reference.startsWith('localhost/')
  if (isBuiltHere || pulled.has(source.reference)) return { ...source, pull: 'missing' }
  pulled.add(source.reference)
  return source
}
