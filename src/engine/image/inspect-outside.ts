// What an image is that lies elsewhere than in the store, without bringing it: skopeo's document.

import { digestBy, isDigest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { maxConfigBytes, parseImageConfig } from '../../image/config.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import type { Platform } from '../../image/platform.ts'
import { parseReference, repositoryOf } from '../../image/reference.ts'
import { readSmallFrom } from '../../transport/bring-blob.ts'
import { chooseManifest } from '../../transport/image-source.ts'
import type { Engine } from '../engine.ts'
import { type Origin, type SourcePlace, withSource } from './outward-source.ts'
import { dockerUrl } from './registry-session.ts'
import { listRepository } from './search.ts'

export interface OutsideRequest extends SourcePlace {
  /** Whose image of a list. */
  readonly platform: Platform | undefined
  /** Of the digest that is told; sha256 unless said. */
  readonly algorithm?: 'sha256' | 'sha512'
}

/** The top document, byte for byte. @throws as withSource */
export async function readOutsideManifest(engine: Engine, place: SourcePlace): Promise<Uint8Array> {
  return withSource(withoutPolicy(engine), place, async (source) => (await source.readManifest()).bytes)
}

/** The image's config document. @throws as withSource; not-found `platform-missing`; corrupt */
export async function readOutsideConfig(engine: Engine, { platform, ...place }: OutsideRequest): Promise<Buffer> {
  return withSource(withoutPolicy(engine), place, async (source) => {
    const { manifest } = await chooseManifest(source, platform)
    return readSmallFrom(source, manifest.config, maxConfigBytes)
  })
}

/** @throws as readOutsideConfig */
export async function inspectOutside(
  engine: Engine,
  { platform, algorithm, ...place }: OutsideRequest,
  areTagsWanted: boolean,
) {
  const [{ chosen, config }, tags] = await Promise.all([
    withSource(withoutPolicy(engine), place, async (source) => {
      const chosen = await chooseManifest(source, platform)
      return { chosen, config: parseImageConfig(await readSmallFrom(source, chosen.manifest.config, maxConfigBytes)) }
    }),
    areTagsWanted ? tagsBeside(engine, place) : [],
  ])
  const { labels, env } = config.run
  const top = chosen.indexes[0] ?? chosen
  return {
    ...nameOf(place.origin),
    Digest: algorithm === undefined ? top.digest : digestBy(algorithm, top.bytes),
    RepoTags: tags,
    Created: config.created ?? null,
    DockerVersion: config.dockerVersion,
    Labels: Object.keys(labels).length === 0 ? null : labels,
    Architecture: config.platform.architecture,
    Os: config.platform.os,
    Layers: chosen.manifest.layers.map(({ digest }) => digest),
    LayersData: chosen.manifest.layers.map(layerData),
    Env: env.length === 0 ? null : env,
  }
}

/** As skopeo: an image that may not be brought may be looked at. */
function withoutPolicy(engine: Engine): Engine {
  return { ...engine, settings: { ...engine.settings, policyPath: undefined } }
}

function nameOf(origin: Origin): { Name?: string } {
  if (origin.kind === 'docker') return { Name: repositoryOf(origin.reference) }
  const isNamed = origin.kind === 'docker-daemon' && !isDigest(origin.name)
  return isNamed ? { Name: repositoryOf(parseReference(origin.name)) } : {}
}

function layerData({ mediaType, digest, size, annotations }: Descriptor) {
  return { MIMEType: mediaType, Digest: digest, Size: size, Annotations: annotations ?? null }
}

/** There are registries that show an image, and not its tags. */
async function tagsBeside(engine: Engine, { origin, access }: SourcePlace): Promise<readonly string[]> {
  if (origin.kind !== 'docker') return []
  try {
    return (await listRepository(engine, dockerUrl(origin.reference), access)).tags
  } catch (error) {
    if (!(error instanceof EngineError) || !['denied', 'not-found'].includes(error.kind)) throw error
    engine.report({ type: 'warning', message: `Registry disallows tag list retrieval; skipping: ${error.message}` })
    return []
  }
}
