// Images from an archive or a folder into the store.

import type { Readable } from 'node:stream'
import { EngineError } from '../../base/errors.ts'
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

export interface LoadedImage {
  readonly record: ImageRecord
  /** References it was tagged with; empty for an archive without names. */
  readonly names: readonly string[]
}

/**
 * Loads every image of a docker-archive, an OCI layout (tar or folder) or a `dir:` folder, in order; each becomes visible on its own.
 * @throws not-found `archive-missing`; invalid `archive-malformed`; corrupt when content and digests disagree
 */
export async function load(engine: Engine, input: LoadInput): Promise<LoadedImage[]> {
  using files =
    input.kind === 'path'
      ? await openArchive(engine.at, input.path, engine.signal)
      : await openArchiveStream(engine.at, input.stream, engine.signal)
  const context = copyContext(engine)
  const loaded: LoadedImage[] = []
  for (const { source, names } of imagesIn(files)) {
    await using image = source
    const { record } = await copyToStore(context, image, { names })
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

interface FoundImage {
  readonly source: ImageSource
  readonly names: readonly string[]
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
  throw new EngineError({
    kind: 'invalid',
    code: 'archive-malformed',
    message: `'${files.label}' holds no image: it is neither a docker-archive, an OCI layout nor a dir: folder`,
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
