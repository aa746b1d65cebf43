// buildah inspect: a working container, or an image, in buildah's words.

import { isObject, type JsonObject } from '../../image/bounded-json.ts'
import type { ImageRecord } from '../../image/record.ts'
import { readSmallBlob } from '../../transport/blob-store.ts'
import { listNames, namesOf } from '../../transport/image-records.ts'
import { type DocumentDraft, draftDocument, draftOf } from '../build/image-draft.ts'
import { stackOf } from '../build/stack.ts'
import { isRootfsMounted, rootfsPath } from '../container/rootfs.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { baseDocument, baseImage, isFromScratch, readWorking, type WorkingImage } from './working-container.ts'

const type = 'buildah 0.0.1'
const maxManifestBytes = 4 << 20

/** Lock-free. */
export function inspectWorking(engine: Engine, container: StoredContainer): JsonObject {
  const image = readWorking(engine, container)
  const record = baseImage(engine, container)
  const isScratch = isFromScratch(container)
  return {
    Type: type,
    FromImage: isScratch ? 'scratch' : (container.stored.image?.name ?? ''),
    FromImageID: isScratch ? '' : record.id,
    FromImageDigest: isScratch ? '' : record.manifestDigest,
    ...ofImage(engine, record),
    Container: container.name,
    ContainerID: container.id,
    MountPoint: isRootfsMounted(engine, container) ? rootfsPath(engine, container) : '',
    ...documents({ ...image.draft, stack: stackOf(record) }),
    ImageAnnotations: image.annotations,
    ImageCreatedBy: image.createdBy ?? '',
    ...always,
    History: [...image.draft.history, ...image.steps],
  }
}

/** Lock-free. */
export function inspectBuiltImage(engine: Engine, record: ImageRecord): JsonObject {
  const document = baseDocument(engine, record)
  const [name = ''] = namesOf(listNames(engine.at), record.id)
  const draft = { ...draftOf(document, name, stackOf(record)) }
  return {
    Type: type,
    FromImage: name,
    FromImageID: record.id,
    FromImageDigest: record.manifestDigest,
    ...ofImage(engine, record),
    Container: '',
    ContainerID: '',
    MountPoint: '',
    ...documents(draft),
    ImageAnnotations: annotationsOf(engine, record),
    ImageCreatedBy: '',
    ...always,
    History: draft.history,
  }
}

const always = { ProcessLabel: '', MountLabel: '', DefaultMountsFilePath: '', Isolation: 'oci', Devices: [] }

function ofImage(engine: Engine, record: ImageRecord) {
  return {
    Config: JSON.stringify(baseDocument(engine, record)),
    Manifest: manifestOf(engine, record),
  }
}

function manifestOf(engine: Engine, { manifestDigest }: ImageRecord): string {
  return readSmallBlob(engine.at, manifestDigest, maxManifestBytes).toString()
}

function annotationsOf(engine: Engine, record: ImageRecord): WorkingImage['annotations'] {
  const manifest: unknown = JSON.parse(manifestOf(engine, record))
  const annotations = isObject(manifest) ? manifest['annotations'] : undefined
  return isObject(annotations) ? (annotations as Record<string, string>) : {}
}

/** As they would be in either format. */
function documents(draft: DocumentDraft) {
  const [OCIv1, Docker] = (['oci', 'docker'] as const).map((format) =>
    JSON.parse(draftDocument(draft, format).toString()),
  )
  return { OCIv1, Docker }
}
