// The store of podman, buildah and CRI-O (containers/storage), read where it lies: its images' records, documents and layers. Nothing is
// written there; while it is open its own locks are held, shared, so that nobody changes it meanwhile.

import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, isDigest } from '../base/digest.ts'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { native } from '../os/native.ts'
import type { SplitLayer } from './tar-split.ts'

export interface PodmanPlace {
  readonly graphRoot: string
  /** undefined: the one whose images are there. */
  readonly driver: string | undefined
}

export interface PodmanImage {
  readonly id: string
  readonly names: readonly string[]
  /** Its uppermost layer; none for an image without. */
  readonly topLayer: string | undefined
}

export interface PodmanLayer extends SplitLayer {
  readonly diffId: Digest
  /** Of the plain tar. */
  readonly size: number
}

export interface PodmanStore extends Disposable {
  readonly graphRoot: string
  /** `DRIVER@GRAPHROOT` */
  readonly label: string
  readonly images: readonly PodmanImage[]
  /** A document of the image's: `manifest`, or `sha256:…` of its config. @throws corrupt `podman-store-damaged` */
  readDocument(image: PodmanImage, name: string, maxBytes: number): Buffer
  /** Lowest first. @throws corrupt `podman-store-damaged`; unsupported `podman-layer-partial` */
  layersOf(image: PodmanImage): PodmanLayer[]
}

/** Where each driver that is known keeps a layer's tree. */
const trees: Readonly<Record<string, (root: string, id: string) => string>> = {
  overlay: (root, id) => join(root, 'overlay', id, 'diff'),
  vfs: (root, id) => join(root, 'vfs', 'dir', id),
}

const maxRecordBytes = 256 << 20

/** @throws not-found `podman-store-missing`; unsupported `podman-driver`; denied where it may not be read; corrupt */
export async function openPodmanStore({ graphRoot, driver: asked }: PodmanPlace): Promise<PodmanStore> {
  const driver = asked ?? Object.keys(trees).find((name) => existsSync(join(graphRoot, `${name}-images`)))
  if (driver === undefined || !existsSync(join(graphRoot, `${driver}-images`))) throw noStore(graphRoot, asked)
  const treeOf = trees[driver] ?? unknownDriver(driver)
  const [imageFolder, layerFolder] = [join(graphRoot, `${driver}-images`), join(graphRoot, `${driver}-layers`)]
  using locks = new DisposableStack()
  for (const path of [join(layerFolder, 'layers.lock'), join(imageFolder, 'images.lock')]) await lock(locks, path)
  const images = readRecords(join(imageFolder, 'images.json')).map(readImage)
  const layers = new Map(readRecords(join(layerFolder, 'layers.json')).map((record) => [text(record, 'id'), record]))
  const held = locks.move()
  return {
    graphRoot,
    label: `${driver}@${graphRoot}`,
    images,
    readDocument: (image, name, maxBytes) => readDocument(join(imageFolder, image.id), name, maxBytes),
    layersOf: (image) =>
      chainOf(layers, image).map((record) => {
        const id = text(record, 'id')
        const layer = { path: join(layerFolder, `${id}.tar-split.gz`), folder: treeOf(graphRoot, id) }
        return describeLayer(layer, record)
      }),
    [Symbol.dispose]: () => held.dispose(),
  }
}

/** podman's kind of lock. A store that is only read may have none. */
async function lock(stack: DisposableStack, path: string): Promise<void> {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  if (fd === undefined) return
  stack.defer(() => closeSync(fd))
  await native().lockRecordAsync(fd)
}

function readRecords(path: string): JsonObject[] {
  const bytes = absentAsUndefined(() => readFileSync(path)) ?? Buffer.from('[]')
  const wrapped = Buffer.concat([Buffer.from('{"records":'), bytes, Buffer.from('}')])
  const { records } = parseBoundedJson(wrapped, { what: `'${path}'`, maxBytes: maxRecordBytes })
  return Array.isArray(records) ? records.filter(isObject) : []
}

function readImage(record: JsonObject): PodmanImage {
  const names = Array.isArray(record['names']) ? record['names'].filter((name) => typeof name === 'string') : []
  return { id: text(record, 'id'), names, topLayer: text(record, 'layer') || undefined }
}

/** A name of other than letters, digits and dots is written in base64, behind a `=`. */
function readDocument(folder: string, name: string, maxBytes: number): Buffer {
  const file = /^[a-z0-9.]+$/.test(name) ? name : `=${Buffer.from(name).toString('base64')}`
  const bytes = absentAsUndefined(() => readFileSync(join(folder, file)))
  if (bytes === undefined || bytes.length > maxBytes) throw damaged(`'${folder}' has no usable ${name}`)
  return bytes
}

function chainOf(layers: ReadonlyMap<string, JsonObject>, image: PodmanImage): JsonObject[] {
  const chain: JsonObject[] = []
  for (let id = image.topLayer; id !== undefined; ) {
    const record = layers.get(id)
    if (record === undefined || chain.includes(record)) throw damaged(`image ${image.id} has no layer ${id}`)
    chain.unshift(record)
    id = text(record, 'parent') || undefined
  }
  return chain
}

function describeLayer(layer: SplitLayer, record: JsonObject): PodmanLayer {
  const { 'diff-digest': diffId, 'diff-size': size } = record
  if (typeof diffId !== 'string' || !isDigest(diffId)) throw damaged(`layer ${text(record, 'id')} has no digest`)
  if (typeof size !== 'number' || !existsSync(layer.path)) throw partial(text(record, 'id'))
  return { ...layer, diffId, size }
}

function text(record: JsonObject, key: string): string {
  const value = record[key]
  return typeof value === 'string' ? value : ''
}

function noStore(graphRoot: string, driver: string | undefined): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'podman-store-missing',
    message: `'${graphRoot}' holds no images of podman's${driver === undefined ? '' : ` with driver ${driver}`}`,
    hint: 'Say where they are: containers-storage:[DRIVER@GRAPHROOT]NAME. podman info tells it.',
  })
}

function unknownDriver(driver: string): never {
  throw new EngineError({
    kind: 'unsupported',
    code: 'podman-driver',
    message: `podman's storage driver ${driver.slice(0, 100)} is not known: ${Object.keys(trees).join(' and ')} are`,
    hint: 'Use: podman save --format oci-archive -o FILE NAME, then: load -i FILE',
  })
}

function partial(id: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'podman-layer-partial',
    message: `layer ${id} was not pulled as a whole by podman, so that its bytes cannot be known`,
    hint: 'Pull the image from its registry.',
  })
}

function damaged(message: string): EngineError {
  return new EngineError({ kind: 'corrupt', code: 'podman-store-damaged', message })
}
