// The end of a build: what the target stage has come to becomes an image with its names. Where everything was in the cache it is there already,
// and nothing is written.

import { digestOf } from '../../base/digest.ts'
import type { Reporter } from '../../base/report.ts'
import type { JsonObject } from '../../image/bounded-json.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import { variableName } from '../../spec/environment.ts'
import { composeImage } from '../../transport/copy.ts'
import { readImage, readName } from '../../transport/image-records.ts'
import { committedManifest } from '../container/commit-config.ts'
import { copyContext } from '../image/copy-context.ts'
import type { BuiltImage, ImageSettings } from './build-request.ts'
import type { BuildSession, StageOutcome } from './build-session.ts'
import { type DraftHistory, draftDocument, type ImageDraft } from './image-draft.ts'
import { keepStack } from './keep-stack.ts'
import { mergeLayers } from './merge-layers.ts'
import type { Stack } from './stack.ts'

/** @throws as composeImage */
export async function finishImage(session: BuildSession, outcome: StageOutcome): Promise<BuiltImage> {
  const { engine, request } = session
  const { image } = request
  const draft = await settle(session, outcome)
  if (image.format === 'oci') warnOfDockers(session, draft)
  const config = draftDocument(draft, image.format)
  const manifest = manifestOf(config, draft.stack, image)
  const id = digestOf(config).slice('sha256:'.length)
  const manifestDigest = digestOf(manifest)
  const { platform } = request
  const known = readImage(engine.at, id)
  const isThere =
    known?.manifestDigest === manifestDigest && image.names.every((name) => readName(engine.at, name)?.imageId === id)
  if (!isThere) {
    await keepStack(session, draft.stack)
    await Promise.all(draft.stack.map(({ published }) => published))
    const composed = { manifest, config, bringBlobs: () => undefined }
    const { record } = await composeImage({ ...copyContext(engine), report: quietly(engine.report) }, composed, {
      names: image.names,
    })
    engine.events.append({ type: 'image', status: 'build', id: record.id, name: image.names[0] ?? record.id })
  }
  return { id, name: image.names[0], manifestDigest, platform }
}

/** What Docker's format alone can say is left out. */
function warnOfDockers({ engine }: BuildSession, { config }: ImageDraft): void {
  const { Healthcheck, Shell, OnBuild = [] } = config
  const found = [
    ...(Healthcheck === undefined ? [] : ['HEALTHCHECK is not supported for OCI image format and will be ignored']),
    ...(Shell === undefined
      ? []
      : [`SHELL is not supported for OCI image format, [${Shell.join(' ')}] will be ignored`]),
    ...OnBuild.map((text) => `ONBUILD is not supported for OCI image format, ${text} will be ignored`),
  ]
  for (const message of found) engine.report({ type: 'warning', message: `${message}. Must use \`docker\` format` })
}

/** A build tells of itself: that its image is written like any other is no news. */
function quietly(report: Reporter): Reporter {
  return (one) => (one.type === 'step' ? undefined : report(one))
}

async function settle(session: BuildSession, outcome: StageOutcome): Promise<ImageDraft> {
  const { request } = session
  const { image } = request
  const squashed = image.squash === 'layers' ? outcome.draft : await squash(session, outcome)
  const { config } = squashed
  const environment = (config.Env ?? []).filter((entry) => !image.unsetEnvironment.includes(variableName(entry)))
  const labels = Object.entries(config.Labels ?? {}).filter(([name]) => !image.unsetLabels.includes(name))
  const { created } = squashed
  return {
    ...squashed,
    created: request.time.createdAt ?? created,
    about: aboutOf(squashed.about, image),
    config: {
      ...config,
      Env: environment,
      Labels: { ...Object.fromEntries(labels), ...image.labels },
    },
    history: image.hasHistory ? squashed.history : [],
  }
}

function aboutOf(about: JsonObject, { osVersion, osFeatures }: ImageSettings): JsonObject {
  const features = Array.isArray(about['os.features']) ? about['os.features'] : []
  return {
    ...about,
    ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
    ...(osFeatures.length === 0 ? {} : { 'os.features': [...new Set([...features, ...osFeatures])] }),
  }
}

/** The layers become one; so does their history, as buildah writes it: the last instruction has the layer. */
async function squash(session: BuildSession, outcome: StageOutcome): Promise<ImageDraft> {
  const { draft, baseLayers, baseHistory, baseName } = outcome
  const isWhole = session.request.image.squash === 'all'
  const own = draft.stack.slice(isWhole ? 0 : baseLayers)
  const base = draft.stack.slice(0, isWhole ? 0 : baseLayers)
  const layer = own.length === 0 ? [] : [await mergeLayers(session, base, draft.stack)]
  const written = draft.history
    .slice(baseHistory)
    .map(({ comment: _, ...entry }): DraftHistory => ({ ...entry, empty_layer: true }))
  const last = written.pop()
  const { empty_layer: _, ...rest } = last ?? { created: draft.created, created_by: '/bin/sh' }
  const closing: DraftHistory = {
    ...rest,
    ...(baseName === undefined ? {} : { comment: `FROM ${baseName}` }),
    ...(layer.length === 0 ? { empty_layer: true } : {}),
  }
  const before = isWhole ? [] : draft.history.slice(0, baseHistory)
  return { ...draft, stack: [...base, ...layer], history: [...before, ...written, closing] }
}

function manifestOf(config: Uint8Array, stack: Stack, { format, annotations }: ImageSettings): Buffer {
  const layers: Descriptor[] = stack.map(({ mediaType, blob, blobBytes }) => ({
    mediaType,
    digest: blob,
    size: blobBytes,
  }))
  const manifest = committedManifest(config, layers, format)
  if (format === 'docker' || Object.keys(annotations).length === 0) return manifest
  const document = JSON.parse(manifest.toString()) as JsonObject
  return Buffer.from(JSON.stringify({ ...document, annotations }))
}
