// Mounts that annotations ask for, podman's own way: those of other containers, and the volumes of images.

import type { ImageMount } from '../../spec/mounts.ts'
import { imageOfContainer } from '../container/container-image.ts'
import type { Engine } from '../engine.ts'
import { annotationKeys, badAnnotation, ofContainer } from './annotations.ts'
import type { KubePod } from './read-pod.ts'

/** `NAME[:OPTIONS];…`: containers of the pod by their names in it, before it in the manifest, or any others. @throws invalid `annotation-invalid` */
export function volumesFromOf(pod: KubePod, container: string): string[] {
  const key = annotationKeys.volumesFrom
  if (pod.annotations[key] !== undefined)
    throw badAnnotation(`annotation ${key} without target volume is reserved for internal use`)
  const text = ofContainer(pod.annotations, key, container)
  if (text === undefined) return []
  const all = [...pod.initContainers, ...pod.containers].map(({ name }) => name)
  const before = all.slice(0, all.indexOf(container))
  return text.split(';').map((entry) => {
    const [name = '', options, ...more] = entry.split(':')
    if (more.length > 0) throw badAnnotation(`invalid annotation ${key}/${container} value`)
    if (name === '') throw badAnnotation(`from container name cannot be empty in annotation ${key}/${container}`)
    if (name === container) {
      throw badAnnotation(`to and from container names cannot be same in annotation ${key}/${container}`)
    }
    const other = before.includes(name) ? `${pod.name}-${name}` : name
    return options === undefined ? other : `${other}:${options}`
  })
}

/** `IMAGE;…`: what each image calls a volume is mounted at its place, to be read; the later image wins. @throws not-found `image-unknown` */
export async function automountedImages(engine: Engine, pod: KubePod, container: string): Promise<ImageMount[]> {
  const text = ofContainer(pod.annotations, annotationKeys.imageVolumes, container)
  const mounts = new Map<string, ImageMount>()
  for (const image of text?.split(';') ?? []) {
    const { run } = await imageOfContainer(engine, { kind: 'image', reference: image, pull: 'never' }, {})
    for (const path of run.volumes) {
      mounts.set(path, { kind: 'image', image, destination: path, options: ['ro'], subPath: path })
    }
  }
  return [...mounts.values()]
}
