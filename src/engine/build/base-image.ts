// FROM: nothing, an earlier stage, or an image, with what it wants to be done first.

import type { FromInstruction, Instruction, Stage } from '../../dockerfile/instruction.ts'
import { parseTrigger } from '../../dockerfile/parse-dockerfile.ts'
import type { StageScope } from '../../dockerfile/scope.ts'
import { parseBoundedJson } from '../../image/bounded-json.ts'
import { maxConfigBytes } from '../../image/config.ts'
import { type Platform, parsePlatform } from '../../image/platform.ts'
import type { ImageRecord } from '../../image/record.ts'
import { mergeEnvironment } from '../../spec/environment.ts'
import { readTrustedBlob } from '../../transport/blob-store.ts'
import { pull } from '../image/pull.ts'
import { findImage } from '../image/resolve.ts'
import { cacheKey } from './build-cache.ts'
import type { BuildSession } from './build-session.ts'
import { draftOf, emptyDraft, type ImageDraft } from './image-draft.ts'
import { stackOf } from './stack.ts'
import { findStage } from './stage-graph.ts'

export interface Base {
  readonly draft: ImageDraft
  readonly key: string
  readonly parent?: StageScope
  readonly triggers: readonly Instruction[]
}

/** @throws not-found `image-unknown`, and what a pull throws */
export async function openBase(session: BuildSession, stage: Stage, from: FromInstruction): Promise<Base> {
  const { engine, request, dockerfile } = session
  const { image } = from
  const platform = from.platform === undefined ? request.platform : parsePlatform(from.platform)
  const named = request.contexts.get(image)
  const earlier = named === undefined ? findStage(dockerfile, image, stage.index) : undefined
  if (earlier !== undefined) {
    const { draft, key, scope } = await session.stage(earlier.index)
    const { config, triggers } = withoutTriggers(session, draft.config, stage.from.image)
    return { draft: { ...draft, config, isCommandOwn: false, ownVariables: [] }, key, parent: scope, triggers }
  }
  if (image === 'scratch' && named === undefined) {
    const { os, architecture, variant } = platform
    const key = cacheKey('scratch', os, architecture, variant)
    const draft = emptyDraft(platform, request.time.createdAt ?? engine.clock.now())
    return withEnvironment(session, { draft, key, triggers: [] })
  }
  const reference = named?.kind === 'image' ? named.reference : image
  const isChosen = from.platform !== undefined || request.isPlatformAsked
  const found = await findBase(session, reference, isChosen ? platform : undefined)
  return withEnvironment(session, fromImage(session, found, reference))
}

/** --env: there from the first step on, and an ENV may say otherwise. */
function withEnvironment({ request }: BuildSession, base: Base): Base {
  const { environment } = request.image
  if (environment.length === 0) return base
  const { draft, key } = base
  const config = { ...draft.config, Env: mergeEnvironment(draft.config.Env ?? [], environment) }
  return { ...base, draft: { ...draft, config }, key: cacheKey('environment', key, environment) }
}

interface FoundImage {
  readonly record: ImageRecord
  readonly name: string
}

/** An image that is there costs two small files. */
export async function findBase(
  { engine, request }: Pick<BuildSession, 'engine' | 'request'>,
  reference: string,
  platform: Platform | undefined,
): Promise<FoundImage> {
  const isPlain = platform === undefined && !/^[a-z-]+:\/?\//.test(reference)
  if (isPlain && (request.pull === 'missing' || request.pull === 'never')) {
    const found = await findImage(engine, reference)
    if (found !== undefined) return { record: found.record, name: found.name ?? reference }
  }
  const options = { ...request.access, policy: request.pull, ...(platform === undefined ? {} : { platform }) }
  const [pulled] = await pull(engine, reference, options)
  if (pulled === undefined) throw new Error(`a pull of ${reference} brought nothing`)
  return pulled
}

function fromImage(session: BuildSession, { record, name }: FoundImage, typed: string): Base {
  const bytes = readTrustedBlob(session.engine.at, record.configDigest, maxConfigBytes)
  const document = parseBoundedJson(bytes, { what: 'image config', maxBytes: maxConfigBytes })
  const { config, ...draft } = draftOf(document, name, stackOf(record))
  const { config: kept, triggers } = withoutTriggers(session, config, typed)
  return { draft: { ...draft, config: kept }, key: cacheKey('image', record.id), triggers }
}

/** Whoever begins with an image, or with a stage, does what its ONBUILD says; what begins with that does not. */
function withoutTriggers({ dockerfile }: BuildSession, config: ImageDraft['config'], typed: string) {
  const { OnBuild: texts = [], ...kept } = config
  const { escape } = dockerfile
  return { config: kept, triggers: texts.map((text) => parseTrigger(text, { path: `ONBUILD of ${typed}`, escape })) }
}
