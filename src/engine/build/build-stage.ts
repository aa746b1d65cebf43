// One stage, instruction after instruction: each makes the image of the one before into its own, from the cache as long as everything is as it
// was, by doing it from then on.

import { EngineError } from '../../base/errors.ts'
import type { CopyInstruction, Instruction, RunInstruction, Stage } from '../../dockerfile/instruction.ts'
import type { StageScope } from '../../dockerfile/scope.ts'
import { errorAt } from '../../dockerfile/source-error.ts'
import { openBase } from './base-image.ts'
import { cacheKey, recordResult, type StepResult } from './build-cache.ts'
import type { StepRef } from './build-progress.ts'
import type { BuildSession, StageOutcome } from './build-session.ts'
import { configure } from './configure.ts'
import { copyStep } from './copy-step.ts'
import { createdBy } from './created-by.ts'
import { type DraftHistory, draftId, type ImageDraft, withPath } from './image-draft.ts'
import type { LayerStep } from './layer-step.ts'
import { atStep } from './run-failed.ts'
import { runStep } from './run-step.ts'
import type { StackLayer } from './stack.ts'
import { openStageWorkshop, type StageWorkshop } from './stage-workshop.ts'
import { findResult, shareResult } from './step-results.ts'

/** As far as a stage has come. */
export interface StageWalk {
  readonly session: BuildSession
  readonly stage: Stage
  readonly scope: StageScope
  readonly workshop: StageWorkshop
  draft: ImageDraft
  key: string
  /** Nothing that follows was ever done on this. */
  isMissed: boolean
}

/** @throws what its instructions throw, with their place in the file */
export async function buildStage(session: BuildSession, stage: Stage): Promise<StageOutcome> {
  const { request, scope: whole } = session
  const isFirst = stage.index === 0 && request.from !== undefined
  const from = isFirst ? { ...stage.from, image: request.from ?? '' } : whole.expandFrom(stage.from)
  const steps = 1 + stage.instructions.length
  session.request.observer.tell({
    type: 'step',
    at: refOf(session, stage, { step: 1, steps }),
    text: fromText(stage, request.from),
  })
  const base = await openBase(session, stage, from).catch((error: unknown) => {
    throw withoutBase(error)
  })
  const { draft, key, parent, triggers } = base
  const scope = whole.openStage({ env: withPath(draft.config.Env ?? []), ...(parent === undefined ? {} : { parent }) })
  const workshop = openStageWorkshop(session)
  const walk: StageWalk = { session, stage, scope, workshop, draft, key, isMissed: !request.cache.isRead }
  const instructions = [...triggers, ...stage.instructions]
  for (const [index, instruction] of instructions.entries()) {
    const at = refOf(session, stage, { step: index + 2, steps: steps + triggers.length })
    await takeStep(walk, instruction, { at, isLast: index === instructions.length - 1 })
  }
  const { stack, history, from: baseName } = draft
  if (instructions.length === 0 && history.length === 0) walk.draft = { ...draft, history: [nothingDone(draft)] }
  return {
    draft: walk.draft,
    key: walk.key,
    scope,
    baseLayers: stack.length,
    baseHistory: history.length,
    baseName,
  }
}

/** buildah's word for it. */
function nothingDone({ created }: ImageDraft): DraftHistory {
  return { created, created_by: '/bin/sh', empty_layer: true }
}

interface StepPlace {
  readonly at: StepRef
  readonly isLast: boolean
}

async function takeStep(walk: StageWalk, written: Instruction, { at, isLast }: StepPlace): Promise<void> {
  const { session } = walk
  const { observer, image } = session.request
  const startedAt = performance.now()
  observer.tell({ type: 'step', at, text: textOf(written) })
  session.engine.signal.throwIfAborted()
  const instruction = walk.scope.expand(written)
  try {
    const done = await dispatch(walk, { written, instruction, at })
    const imageId = draftId(walk.draft, image.format)
    walk.draft = { ...walk.draft, from: imageId.slice(0, 12) }
    if (done === 'cached') observer.tell({ type: 'cached', at, imageId })
    if (isLast && walk.stage.index === session.target) return
    observer.tell({ type: 'step-done', at, imageId, elapsedMs: performance.now() - startedAt })
  } catch (error) {
    observer.tell({ type: 'step-failed', at, error: String(error) })
    if (error instanceof EngineError) throw atStep(error, session.dockerfile, written)
    throw errorAt(session.dockerfile, written.range, error)
  }
}

export interface Taken<T extends Instruction = Instruction> {
  readonly written: T
  /** Expanded. */
  readonly instruction: T
  readonly at: StepRef
}

async function dispatch(walk: StageWalk, taken: Taken): Promise<'cached' | 'done'> {
  const { instruction } = taken
  switch (instruction.kind) {
    case 'run':
      return layerStep(walk, taken, await runStep(walk, taken as Taken<RunInstruction>))
    case 'copy':
    case 'add':
      return layerStep(walk, taken, await copyStep(walk, taken as Taken<CopyInstruction>))
    default:
      return configureStep(walk, taken)
  }
}

async function configureStep(walk: StageWalk, taken: Taken): Promise<'cached' | 'done'> {
  const { instruction, written, at } = taken
  const { engine, request } = walk.session
  // An ARG's value counts where something sees it.
  const said = instruction.kind === 'arg' ? argNames(walk) : withoutPlace(instruction)
  const key = cacheKey('configure', walk.key, written.original, said)
  const found = await findResult(walk, { key, at })
  const createdAt = request.time.createdAt ?? found?.result.createdAt ?? engine.clock.now()
  const result = found?.result ?? { content: '', createdAt }
  if (found === undefined) {
    walk.isMissed = true
    if (request.cache.isWritten) recordResult(engine.at, key, result)
  }
  shareResult(walk, { key, at, found: found ?? { result } })
  advance(walk, taken, { draft: configure(walk.draft, instruction), key, createdAt })
  return found === undefined ? 'done' : 'cached'
}

async function layerStep(walk: StageWalk, taken: Taken, step: LayerStep): Promise<'cached' | 'done'> {
  const { engine, request } = walk.session
  const { at } = taken
  const key = cacheKey('layer', step.isIndependent ? '' : walk.key, request.time.tree, step.parts)
  const found = await findResult(walk, { key, at, step })
  if (found?.result.layer === undefined) walk.isMissed = true
  const { result, layer } = layerOf(found?.result) ?? (await executeStep(walk, step))
  const { createdAt, summary } = result
  const published =
    found === undefined && request.cache.isWritten
      ? layer.published.then(() => recordResult(engine.at, key, result))
      : layer.published
  published.catch(() => undefined)
  const onStack = { ...layer, published }
  shareResult(walk, { key, at, step, found: found ?? { result }, layer: onStack })
  advance(walk, taken, {
    draft: withLayer(walk, onStack),
    key: nextKey(walk, key, result),
    createdAt: request.time.createdAt ?? createdAt,
    summary,
  })
  return found === undefined ? 'done' : 'cached'
}

interface StepLayer {
  readonly result: StepResult
  readonly layer: StackLayer
}

function layerOf(result: StepResult | undefined): StepLayer | undefined {
  if (result?.layer === undefined) return undefined
  return { result, layer: { ...result.layer, published: Promise.resolve() } }
}

async function executeStep({ session }: StageWalk, step: LayerStep): Promise<StepLayer> {
  const { engine, request } = session
  const { layer, content, summary } = await session.limit(async () => step.execute())
  const { diffId, chainId, blob, blobBytes, mediaType } = layer
  const result: StepResult = {
    content,
    createdAt: request.time.createdAt ?? engine.clock.now(),
    ...(summary === undefined ? {} : { summary }),
    layer: { diffId, chainId, blob, blobBytes, mediaType },
  }
  return { result, layer }
}

/** An independent layer's own key says nothing of what is below it. */
function nextKey(walk: StageWalk, key: string, { content }: StepResult): string {
  return cacheKey('after', walk.key, key, content)
}

function withLayer({ draft }: StageWalk, layer: StackLayer): ImageDraft {
  return { ...draft, stack: [...draft.stack, layer] }
}

interface Advance {
  readonly draft: ImageDraft
  readonly key: string
  readonly createdAt: string
  readonly summary?: string | undefined
}

function advance(walk: StageWalk, { written }: Taken, { draft, key, createdAt, summary }: Advance): void {
  const args = walk.scope.declaredArgs()
  const said = { names: argNames(walk), entries: args.map(({ name, value }) => `${name}=${value}`) }
  const isEmpty = draft.stack.length === walk.draft.stack.length
  const entry: DraftHistory = {
    created: createdAt,
    created_by: createdBy(written, said, summary),
    ...(draft.author === '' ? {} : { author: draft.author }),
    ...(walk.draft.from === undefined ? {} : { comment: `FROM ${walk.draft.from}` }),
    ...(isEmpty ? { empty_layer: true } : {}),
  }
  walk.draft = { ...draft, created: createdAt, history: [...draft.history, entry] }
  walk.key = key
}

function argNames({ scope }: StageWalk): string[] {
  return scope
    .declaredArgs()
    .map(({ name }) => name)
    .sort()
}

function withoutPlace(instruction: Instruction) {
  const { range: _, original: __, comments: ___, ...rest } = instruction
  return rest
}

function refOf(session: BuildSession, stage: Stage, { step, steps }: { step: number; steps: number }): StepRef {
  return { stage: stage.index, stages: session.target + 1, stageName: stage.from.name, step, steps }
}

function fromText({ index, from }: Stage, replacement: string | undefined): string {
  if (index > 0 || replacement === undefined) return from.original
  return `FROM ${replacement}${from.name === undefined ? '' : ` AS ${from.name}`}`
}

/** With the first words of its heredocs. */
function textOf(instruction: Instruction): string {
  const heredocs =
    instruction.kind === 'run' && instruction.command.form === 'shell'
      ? instruction.command.heredocs
      : instruction.kind === 'copy' || instruction.kind === 'add'
        ? instruction.heredocs
        : []
  const summaries = heredocs.map(({ content }) => {
    const [first = '', ...others] = content.trim().split('\n')
    return ` (${first}${others.length > 0 ? '...' : ''})`
  })
  return `${instruction.original}${summaries.join('')}`
}

/** podman's words. */
function withoutBase(error: unknown): unknown {
  if (!(error instanceof EngineError) || error.kind === 'canceled') return error
  const { kind, code, message, hint } = error
  const text = `creating build container: ${message}`
  return new EngineError({ kind, code, message: text, cause: error, ...(hint === undefined ? {} : { hint }) })
}
