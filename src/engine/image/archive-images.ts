// The images that an archive or a folder holds, whatever its format, and the choice among them.

import { EngineError, invalid } from '../../base/errors.ts'
import { parseReference, parseTypedReference, printReference, qualify, withDefaultTag } from '../../image/reference.ts'
import type { ArchiveFiles } from '../../transport/archive-files.ts'
import { directorySource, isDirectory } from '../../transport/directory.ts'
import { dockerArchiveSource, isDockerArchive, listDockerArchive } from '../../transport/docker-archive.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { isOciLayout, listOciLayout, namesOfEntry, ociLayoutSource } from '../../transport/oci-layout.ts'

/** As policies name them. */
export type ArchiveFormat = 'dir' | 'docker-archive' | 'oci' | 'oci-archive'

export interface FoundImage {
  readonly source: ImageSource
  /** References that the archive gives it. */
  readonly names: readonly string[]
}

/** undefined for what is none of them. */
export function archiveFormat(files: ArchiveFiles): ArchiveFormat | undefined {
  if (isDirectory(files)) return 'dir'
  if (isOciLayout(files)) return files.isFolder ? 'oci' : 'oci-archive'
  return isDockerArchive(files) ? 'docker-archive' : undefined
}

/** What to throw of an image in another format than was said. */
export function notThatFormat(
  files: ArchiveFiles,
  { found, wanted }: { found: ArchiveFormat | undefined; wanted: string },
): EngineError {
  const what = found === undefined ? 'no image' : `${found}:`
  return invalid('archive-malformed', `'${files.label}' is ${what}, not ${wanted}:`)
}

/**
 * In order. `only` is the name of one of them, or (`@N`) its place in a docker-archive. `files` stays the caller's.
 * @throws not-found `archive-image-missing`, `layout-image-missing`; corrupt
 */
export function imagesIn(files: ArchiveFiles, format: ArchiveFormat, only?: string): FoundImage[] {
  const images = listImages(files, format)
  return only === undefined ? images : [choose(files, images, only)]
}

function listImages(files: ArchiveFiles, format: ArchiveFormat): FoundImage[] {
  switch (format) {
    case 'dir':
      return [{ source: directorySource(files), names: [] }]
    case 'oci':
    case 'oci-archive':
      return imagesInLayout(files)
    case 'docker-archive':
      return listDockerArchive(files).map((entry) => ({
        source: dockerArchiveSource(files, entry),
        names: entry.repoTags.map((tag) => printReference(withDefaultTag(parseReference(tag)))),
      }))
  }
}

function imagesInLayout(files: ArchiveFiles): FoundImage[] {
  const names = [...new Set(listOciLayout(files).flatMap(namesOfEntry))]
  if (names.length === 0) return [{ source: ociLayoutSource(files, undefined), names: [] }]
  return names.map((name) => ({ source: ociLayoutSource(files, name), names: [localName(name)] }))
}

function choose(files: ArchiveFiles, images: readonly FoundImage[], only: string): FoundImage {
  const place = /^@(\d+)$/.exec(only)
  if (place !== null) return images[Number(place[1])] ?? missing(files, only)
  const wanted = [only, localName(only), printReference(withDefaultTag(parseReference(only)))]
  const found = images.find(({ names }) => names.some((name) => wanted.includes(name))) ?? missing(files, only)
  return { ...found, names: found.names.filter((name) => wanted.includes(name)) }
}

/** A name without a domain was made on somebody's machine: it belongs to `localhost`, not to docker.io. */
function localName(name: string): string {
  return printReference(withDefaultTag(qualify(parseTypedReference(name), 'localhost')))
}

function missing(files: ArchiveFiles, only: string): never {
  throw new EngineError({
    kind: 'not-found',
    code: 'archive-image-missing',
    message: `no image '${only}' in '${files.label}'`,
  })
}
