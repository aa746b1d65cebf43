// What was done in a step's place before, here or where --cache-from says; and what is done now, kept for the builds to come.

import { cachedResults, isUsable, recordResult, type StepResult } from './build-cache.ts'
import type { StepRef } from './build-progress.ts'
import type { StageWalk } from './build-stage.ts'
import type { LayerStep } from './layer-step.ts'
import type { SharedStep } from './shared-cache.ts'
import type { StackLayer } from './stack.ts'

export interface StepInWalk {
  readonly key: string
  readonly at: StepRef
  /** Absent for a step that changes the configuration alone. */
  readonly step?: LayerStep
}

export interface FoundResult {
  readonly result: StepResult
  /** Of --cache-from, where it is not this machine's. */
  readonly from?: string
}

/** Once a step was not found, none that lies on it is looked for. */
export async function findResult(walk: StageWalk, sought: StepInWalk): Promise<FoundResult | undefined> {
  const { isRead } = walk.session.request.cache
  if (walk.isMissed && !(isRead && sought.step?.isIndependent === true)) return undefined
  const here = await findHere(walk, sought)
  return here === undefined ? findElsewhere(walk, sought) : { result: here }
}

export interface NewResult extends StepInWalk {
  readonly found: FoundResult
  readonly layer?: StackLayer
}

/** To where --cache-to says. The step is not part of the draft yet. */
export function shareResult(walk: StageWalk, { found, layer, ...step }: NewResult): void {
  const { result, from } = found
  walk.session.shared?.push(sharedStep(walk, step, result.content), {
    result,
    from,
    ...(layer === undefined ? {} : { layer }),
  })
}

async function findHere(walk: StageWalk, { key, step }: StepInWalk): Promise<StepResult | undefined> {
  const { at } = walk.session.engine
  const fresh = cachedResults(at, key).filter((result) => isFresh(walk, result))
  if (step === undefined) return fresh[0]
  const usable = fresh.filter((result) => isUsable(at, result, walk.draft.stack))
  if (usable.length === 0) return undefined
  const content = (await step.content?.()) ?? ''
  return usable.find((result) => result.content === content && result.layer !== undefined)
}

async function findElsewhere(walk: StageWalk, sought: StepInWalk): Promise<FoundResult | undefined> {
  const { shared, request, engine } = walk.session
  if (shared === undefined || request.cache.from.length === 0) return undefined
  const found = await shared.find(sharedStep(walk, sought, (await sought.step?.content?.()) ?? ''))
  if (found === undefined || !isFresh(walk, found.result)) return undefined
  request.observer.tell({ type: 'cache-pulled', at: sought.at, from: found.from, tag: found.tag })
  if (request.cache.isWritten) recordResult(engine.at, sought.key, found.result)
  return found
}

function sharedStep(walk: StageWalk, { key, step }: StepInWalk, content: string): SharedStep {
  const isIndependent = step?.isIndependent === true
  return { key, content, stack: walk.draft.stack, isIndependent, hasLayer: step !== undefined }
}

/** But those that are older than the user wants. */
function isFresh({ session }: StageWalk, { createdAt }: StepResult): boolean {
  const { maxAgeMs } = session.request.cache
  return maxAgeMs === undefined || Date.now() - Date.parse(createdAt) < maxAgeMs
}
