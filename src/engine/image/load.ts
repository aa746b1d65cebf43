// Images from an archive or a folder into the store.

import type { Readable } from 'node:stream'
import { EngineError } from '../../base/errors.ts'
import type { Platform } from '../../image/platform.ts'
import type { ImageRecord } from '../../image/record.ts'
import { parseReference, parseTypedReference, printReference, qualify, withDefaultTag } from '../../image/reference.ts'
import type { ArchiveFiles } from '../../transport/archive-files.ts'
import { copyToStore } from '../../transport/copy.ts'
import { directorySource, isDirectory } from '../../transport/directory.ts'
import { dockerArchiveSource, isDockerArchive, listDockerArchive } from '../../transport/docker-archive.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { isOciLayout, listOciLayout, namesOfEntry, ociLayoutSource } from '../../transport/oci-layout.ts'
import { openArchive, openArchiveStream } from '../../transport/open-archive.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from './copy-context.ts'

export type LoadInput =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: Readable }

export interface LoadOptions {
  /** Tags for what is loaded, in place of the archive's own. */
  readonly names?: readonly string[]
  /** Only the image with this name, or (`@N`) at this place in a docker-archive. */
  readonly only?: string
  /** Which entry of an index. */
  readonly platform?: Platform
}

export interface LoadedImage {
  readonly record: ImageRecord
  /** References it was tagged with; empty for an archive without names. */
  readonly names: readonly string[]
}

/**
 * Loads every image of a docker-archive, an OCI layout (tar or folder) or a `dir:` folder, in order; each becomes visible on its own.
 * @throws not-found `archive-missing`; invalid `archive-malformed`; corrupt when content and digests disagree
 */
export async function load(engine: Engine, input: LoadInput, options: LoadOptions = {}): Promise<LoadedImage[]> {
  using files = await openInput(engine, input)
  const context = copyContext(engine)
  const platform = options.platform === undefined ? {} : { platform: options.platform }
  const loaded: LoadedImage[] = []
  for (const { source, names: own } of chooseImages(files, options)) {
    await using image = source
    const names = options.names ?? own
    const { record } = await copyToStore(context, image, { names, ...platform })
    engine.events.append({
      type: 'image',
      status: 'loadfromarchive',
      id: record.id,
      name: names[0] ?? files.label,
    })
    loaded.push({ record, names })
  }
  return loaded
}

/** One message for everything that is no image, the one that podman's users look for. */
async function openInput(engine: Engine, input: LoadInput): Promise<ArchiveFiles> {
  try {
    return input.kind === 'path'
      ? await openArchive(engine.at, input.path, engine.signal)
      : await openArchiveStream(engine.at, input.stream, engine.signal)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'archive-malformed') throw noFormat(error.message, error)
    throw error
  }
}

interface FoundImage {
  readonly source: ImageSource
  readonly names: readonly string[]
}

function chooseImages(files: ArchiveFiles, options: LoadOptions): FoundImage[] {
  const { only } = options
  const images = imagesIn(files)
  if (only === undefined) return images
  const place = /^@(\d+)$/.exec(only)
  const wanted = [only, localName(only), printReference(withDefaultTag(parseReference(only)))]
  const found =
    place === null ? images.find(({ names }) => names.some((name) => wanted.includes(name))) : images[Number(place[1])]
  if (found !== undefined)
    return [{ ...found, names: place === null ? found.names.filter((name) => wanted.includes(name)) : found.names }]
  throw new EngineError({
    kind: 'not-found',
    code: 'archive-image-missing',
    message: `no image '${only}' in '${files.label}'`,
  })
}

function imagesIn(files: ArchiveFiles): FoundImage[] {
  if (isDirectory(files)) return [{ source: directorySource(files), names: [] }]
  if (isDockerArchive(files)) {
    return listDockerArchive(files).map((entry) => ({
      source: dockerArchiveSource(files, entry),
      names: entry.repoTags.map((tag) => printReference(withDefaultTag(parseReference(tag)))),
    }))
  }
  if (isOciLayout(files)) return imagesInLayout(files)
  throw noFormat(`'${files.label}' is neither a docker-archive, an OCI layout nor a dir: folder`)
}

function noFormat(detail: string, cause?: unknown): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'archive-malformed',
    message: `payload does not match any of the supported image formats: ${detail}`,
    cause,
  })
}

function imagesInLayout(files: ArchiveFiles): FoundImage[] {
  const entries = listOciLayout(files)
  const names = [...new Set(entries.flatMap(namesOfEntry))]
  if (names.length === 0) return [{ source: ociLayoutSource(files, undefined), names: [] }]
  return names.map((name) => ({ source: ociLayoutSource(files, name), names: [localName(name)] }))
}

/** A name without a domain was made on somebody's machine: it belongs to `localhost`, not to docker.io. */
function localName(name: string): string {
  return printReference(withDefaultTag(qualify(parseTypedReference(name), 'localhost')))
}
