// Images of a manifest that are made first: those that have a folder of their name, with a Containerfile in it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../engine.ts'
import { findStored } from '../image/resolve.ts'
import type { KubeContainer } from './read-container.ts'
import type { Manifest } from './read-manifest.ts'
import type { KubePod } from './read-pod.ts'
import type { KubeVolume } from './read-volume.ts'

export interface ImageBuilds {
  /** Where the folders lie. */
  readonly folder: string
  /** Also of images that are there. */
  readonly isForced: boolean
  readonly build: (image: ImageToBuild) => Promise<void>
}

export interface ImageToBuild {
  /** As the manifest has it; becomes its name. */
  readonly reference: string
  readonly containerfile: string
  readonly folder: string
}

/** Each is built once, in the manifest's order. The manifest that comes back looks for newer ones of these nowhere. @throws as `build` */
export async function buildImages(engine: Engine, manifest: Manifest, builds: ImageBuilds): Promise<Manifest> {
  const built = new Set<string>()
  for (const reference of new Set(manifest.pods.flatMap(imagesOf))) {
    const image = await imageToBuild(engine, reference, builds)
    if (image === undefined) continue
    await builds.build(image)
    built.add(reference)
  }
  return { ...manifest, pods: manifest.pods.map((pod) => withBuilt(pod, built)) }
}

function imagesOf({ initContainers, containers, volumes }: KubePod): string[] {
  const mounted = volumes.flatMap(({ source }) => (source.kind === 'image' ? [source.reference] : []))
  return [...mounted, ...[...initContainers, ...containers].map(({ image }) => image)]
}

async function imageToBuild(
  engine: Engine,
  reference: string,
  { folder: above, isForced }: ImageBuilds,
): Promise<ImageToBuild | undefined> {
  // A digest is nothing that a build could promise.
  if (reference.includes('@')) return undefined
  const folder = join(above, lastWordOf(reference))
  const containerfile = ['Containerfile', 'Dockerfile']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path))
  if (containerfile === undefined) return undefined
  const isWanted = isForced || (await findStored(engine, reference)) === undefined
  return isWanted ? { reference, containerfile, folder } : undefined
}

/** `example.com:5000/team/app:1.2` → `app`. */
function lastWordOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1).replace(/:.*/, '')
}

function withBuilt(pod: KubePod, built: ReadonlySet<string>): KubePod {
  const ofContainer = (container: KubeContainer): KubeContainer =>
    built.has(container.image) ? { ...container, pull: 'missing' } : container
  const ofVolume = (volume: KubeVolume): KubeVolume =>
    volume.source.kind === 'image' && built.has(volume.source.reference)
      ? { ...volume, source: { ...volume.source, pull: 'missing' } }
      : volume
  return {
    ...pod,
    initContainers: pod.initContainers.map(ofContainer),
    containers: pod.containers.map(ofContainer),
    volumes: pod.volumes.map(ofVolume),
  }
}
