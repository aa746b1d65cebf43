// An image of podman's own store, found by its name or id there.

import { EngineError, invalid } from '../../base/errors.ts'
import { parseReference, parseTypedReference, printReference, qualify, withDefaultTag } from '../../image/reference.ts'
import { openPodmanStore, type PodmanImage, type PodmanPlace, type PodmanStore } from '../../transport/podman-store.ts'
import { readStorageConf } from '../config/configuration-files.ts'
import { surroundings } from '../config/resolve-settings.ts'
import { podmanGraph } from '../config/state-folders.ts'

export interface PodmanOrigin {
  readonly kind: 'containers-storage'
  /** Where podman is configured to keep its images, unless said. */
  readonly place: Partial<PodmanPlace>
  /** A name, or an id or the beginning of one. */
  readonly name: string
}

/** What stands behind `containers-storage:`, `[[DRIVER@]GRAPHROOT[+RUNROOT][:OPTIONS]]NAME`; the last two do not matter to a reader. */
export function parsePodmanOrigin(text: string): PodmanOrigin {
  const [, inside, name = ''] = /^(?:\[([^\]]*)\])?@?(.*)$/s.exec(text) ?? []
  const [, driver, graphRoot] = /^(?:([a-z0-9-]*)@)?([^+:]*)/.exec(inside ?? '') ?? []
  if (name === '') throw invalid('transport-malformed', `'containers-storage:${text.slice(0, 300)}' names no image`)
  return {
    kind: 'containers-storage',
    place: { ...(graphRoot ? { graphRoot } : {}), ...(driver ? { driver } : {}) },
    name,
  }
}

/** Its locks are held until it is disposed. @throws as openPodmanStore; invalid `toml-malformed` */
export async function openPodmansOwn(place: Partial<PodmanPlace>): Promise<PodmanStore> {
  const at = surroundings(process.env)
  const configured = podmanGraph(at, place.graphRoot === undefined ? await readStorageConf(at) : {})
  const driver = place.graphRoot === undefined ? (place.driver ?? configured.driver) : place.driver
  return openPodmanStore({ graphRoot: place.graphRoot ?? configured.graphRoot, driver })
}

/** A short name is docker.io's, or else localhost's. @throws not-found `image-unknown`; invalid `image-ambiguous` */
export function findPodmanImage(store: PodmanStore, name: string): PodmanImage {
  const hex = name.replace(/^sha256:/, '')
  const byId = /^[0-9a-f]+$/.test(hex) ? store.images.filter(({ id }) => id.startsWith(hex)) : []
  if (byId.length > 1 && hex.length < 64) throw ambiguous(name)
  const [found] = byId
  return found ?? findByName(store, name)
}

/** What it is called here as well: the name that it was asked for by, or all its names where that was an id. */
export function namesToBring({ id, names }: PodmanImage, name: string): readonly string[] {
  if (id.startsWith(name.replace(/^sha256:/, ''))) return names
  const asked = parseNames(name).find((candidate) => names.includes(candidate))
  return asked === undefined ? names : [asked]
}

function parseNames(name: string): string[] {
  return [parseReference(name), qualify(parseTypedReference(name), 'localhost')].map((reference) =>
    printReference(withDefaultTag(reference)),
  )
}

function findByName(store: PodmanStore, name: string): PodmanImage {
  for (const candidate of parseNames(name)) {
    const found = store.images.find(({ names }) => names.includes(candidate))
    if (found !== undefined) return found
  }
  throw new EngineError({
    kind: 'not-found',
    code: 'image-unknown',
    message: `no image '${name}' in podman's store ${store.label}`,
    hint: 'List what is there with: podman images',
  })
}

function ambiguous(name: string): EngineError {
  return invalid('image-ambiguous', `'${name}' begins the ids of several of podman's images`, 'Type more of the id.')
}
