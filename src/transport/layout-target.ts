// An OCI image layout in a folder as an ImageTarget: the one that is there gains an image, else one is begun. Each blob appears whole; the image
// is there when index.json names it, which is changed last and by one at a time (the lock is oci-layout's).

import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { digestAlgorithm, digestHex, digestOf } from '../base/digest.ts'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { manifestLimits, mediaTypes } from '../image/manifest.ts'
import { makeLastingFolders } from '../os/make-folders.ts'
import { lockFlags, native } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'
import { oneChunk } from './archive-sink.ts'
import type { ImageTarget } from './image-target.ts'
import { refNameAnnotation } from './oci-layout.ts'
import { fillFile } from './whole-file.ts'

export interface LayoutPlace {
  readonly folder: string
  /** Reference of the image there; it replaces one of the same name, and without a name one that has none. */
  readonly name: string | undefined
  readonly packing: ImageTarget['packing']
  /** Where its blobs are kept in place of its own blobs/. */
  readonly sharedBlobs?: string
}

/** Its folder is there then, if only as an empty layout. @throws conflict `save-target-exists` */
export function layoutTarget(place: LayoutPlace): ImageTarget {
  const begun = begin(place)
  const pathOf = ({ digest }: Pick<Descriptor, 'digest'>) =>
    join(place.sharedBlobs ?? join(place.folder, 'blobs'), digestAlgorithm(digest), digestHex(digest))
  let entry: Descriptor | undefined
  return {
    label: `oci:${place.folder}`,
    parallelBlobs: 4,
    isVerifying: false,
    packing: place.packing,
    hasBlob: async (blob) => absentAsUndefined(() => statSync(pathOf(blob)))?.size === blob.size,
    putBlob: async (blob, onProgress) => fillFile(pathOf(blob), blob.open(0), onProgress),
    putManifest: async (bytes, mediaType, digest) => {
      const own = digestOf(bytes)
      await fillFile(pathOf({ digest: own }), oneChunk(bytes))
      if (digest === undefined) entry = { mediaType, digest: own, size: bytes.length }
    },
    finish: async () => {
      if (entry !== undefined) await addToIndex(place, entry)
    },
    [Symbol.asyncDispose]: async () => {
      if (!existsSync(indexFile(place))) takeBack(place, begun)
      closeSync(begun.fd)
    },
  }
}

interface Begun {
  /** Of the folder: whoever writes to it holds a shared lock. */
  readonly fd: number
  readonly wasThere: boolean
}

function begin(place: LayoutPlace): Begun {
  const { folder } = place
  const names = absentAsUndefined(() => readdirSync(folder))
  if (names !== undefined && !['oci-layout', 'index.json'].every((name) => names.includes(name)))
    refuseOther(folder, names)
  makeLastingFolders(folder)
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  native().flock(fd, lockFlags.shared)
  makeLastingFolders(place.sharedBlobs ?? join(folder, 'blobs'))
  // Written where it is: another's lock may be on it. Empty is what a killed one left.
  const size = absentAsUndefined(() => statSync(layoutFile(place)))?.size ?? 0
  if (size === 0) writeFileSync(layoutFile(place), '{"imageLayoutVersion":"1.0.0"}', { flag: 'a', flush: true })
  return { fd, wasThere: names !== undefined }
}

/** What a killed copy began is gone on with. */
function refuseOther(folder: string, names: readonly string[]): void {
  if (names.every((name) => name === 'oci-layout' || name === 'blobs')) return
  throw new EngineError({
    kind: 'conflict',
    code: 'save-target-exists',
    message: `'${folder}' exists, and is no OCI layout`,
    hint: 'Name a folder that does not exist, is empty or is one.',
  })
}

/** What failed leaves no layout behind where there was none, unless another is at work on it. */
function takeBack({ folder }: LayoutPlace, { fd, wasThere }: Begun): void {
  try {
    native().flock(fd, lockFlags.exclusive | lockFlags.nonBlocking)
  } catch {
    return
  }
  if (!wasThere) return removeTree(resolve(folder))
  for (const name of ['blobs', 'oci-layout']) removeTree(resolve(folder, name))
}

/** One after the other. */
async function addToIndex(place: LayoutPlace, own: Descriptor): Promise<void> {
  using _lock = await lockLayout(place)
  const index = readIndex(place)
  const entry = place.name === undefined ? own : { ...own, annotations: { [refNameAnnotation]: place.name } }
  const others = entriesOf(index).filter((other) => nameOf(other) !== place.name)
  const content = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, ...index, manifests: [...others, entry] }
  await fillFile(indexFile(place), oneChunk(Buffer.from(JSON.stringify(content))))
}

function readIndex(place: LayoutPlace): JsonObject {
  if (!existsSync(indexFile(place))) return {}
  const bytes = readFileSync(indexFile(place))
  return parseBoundedJson(bytes, { what: `'${indexFile(place)}'`, maxBytes: manifestLimits.maxBytes })
}

function entriesOf({ manifests }: JsonObject): JsonObject[] {
  return Array.isArray(manifests) ? manifests.filter(isObject) : []
}

function nameOf({ annotations }: JsonObject): unknown {
  return isObject(annotations) ? annotations[refNameAnnotation] : undefined
}

async function lockLayout(place: LayoutPlace): Promise<Disposable> {
  const fd = openSync(layoutFile(place), 'r')
  await native().flockAsync(fd, lockFlags.exclusive)
  return { [Symbol.dispose]: () => closeSync(fd) }
}

function layoutFile({ folder }: LayoutPlace): string {
  return join(folder, 'oci-layout')
}

function indexFile({ folder }: LayoutPlace): string {
  return join(folder, 'index.json')
}
