// What stands at the end of a docker-archive: manifest.json for today's readers, and for those before Docker 1.10 `repositories` with
// a folder for each layer. The same images give the same bytes.

import { type Digest, digestHex, digestOf } from '../base/digest.ts'
import { type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { chainIds } from '../image/chain-id.ts'
import { maxConfigBytes } from '../image/config.ts'
import { type ArchiveSink, addBytes } from './archive-sink.ts'

export interface ArchivedImage {
  readonly config: Uint8Array
  readonly configDigest: Digest
  /** Lowest first: what its layers are called. */
  readonly diffIds: readonly Digest[]
  /** Full references with a tag. */
  readonly names: readonly string[]
}

export function layerFile(diffId: Digest): string {
  return `${digestHex(diffId)}.tar`
}

export function configFile(digest: Digest): string {
  return `${digestHex(digest)}.json`
}

/** The files of layers and configs are there. */
export async function finishDockerArchive(sink: ArchiveSink, images: readonly ArchivedImage[]): Promise<void> {
  const repositories: Record<string, Record<string, string>> = {}
  const written = new Set<string>()
  for (const image of images) {
    const layers = oldLayers(image)
    for (const layer of layers.filter(({ id }) => !written.has(id))) {
      written.add(layer.id)
      await addOldLayer(sink, layer)
    }
    const top = layers.at(-1)
    for (const name of top === undefined ? [] : image.names) {
      const colon = name.lastIndexOf(':')
      const tags = (repositories[name.slice(0, colon)] ??= {})
      tags[name.slice(colon + 1)] = top?.id ?? ''
    }
  }
  await addBytes(sink, 'manifest.json', JSON.stringify(images.map(manifestEntry)))
  await addBytes(sink, 'repositories', JSON.stringify(repositories))
  await sink.finish()
}

function manifestEntry({ configDigest, diffIds, names }: ArchivedImage) {
  return { Config: configFile(configDigest), RepoTags: names, Layers: diffIds.map(layerFile) }
}

interface OldLayer {
  readonly id: string
  readonly diffId: Digest
  /** Its `json`. */
  readonly document: object
}

/** As c/image makes them: the id is the digest of the document without it, and of what the layer stands on. */
function oldLayers({ config, diffIds }: ArchivedImage): OldLayer[] {
  const chain = chainIds(diffIds)
  const layers: OldLayer[] = []
  for (const [at, diffId] of diffIds.entries()) {
    const parent = layers.at(-1)?.id
    const members = {
      ...(at === diffIds.length - 1 ? topMembers(config) : {}),
      ...(parent === undefined ? {} : { parent }),
    }
    const id = digestHex(digestOf(sortedJson({ ...members, layer_id: chain[at] })))
    layers.push({ id, diffId, document: { ...members, id } })
  }
  return layers
}

function topMembers(config: Uint8Array): JsonObject {
  const document = parseBoundedJson(config, { what: 'image config', maxBytes: maxConfigBytes })
  const names = ['architecture', 'config', 'container', 'container_config', 'created', 'docker_version', 'os']
  return Object.fromEntries(names.map((name) => [name, document[name] ?? null]))
}

async function addOldLayer(sink: ArchiveSink, { id, diffId, document }: OldLayer): Promise<void> {
  await sink.addLink(`${id}/layer.tar`, `../${layerFile(diffId)}`)
  await addBytes(sink, `${id}/VERSION`, '1.0')
  await addBytes(sink, `${id}/json`, sortedJson(document))
}

function sortedJson(document: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(document).sort(([a], [b]) => (a < b ? -1 : 1))))
}
