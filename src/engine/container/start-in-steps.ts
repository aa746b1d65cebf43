// The start of a container that depends on others, or is in a pod: in steps, each made at once under the pod's lock. What takes its time
// (a startup check, a hook, the start of what is in another pod) lies between the steps, where that lock is free.

import { EngineError } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { dependenciesOf } from '../../spec/dependencies.ts'
import type { Engine } from '../engine.ts'
import { awaitStartup, startupFailed } from './await-startup.ts'
import { isBeforeStartup } from './health-record.ts'
import { finishStart, type StartedContainer, type StartRequest, start, startAlone } from './start.ts'
import { readStoredContainer, type StoredContainer } from './stored-container.ts'

type Step =
  | { readonly status: 'started'; readonly started: StartedContainer }
  /** Resolves when the next step can be made. */
  | { readonly status: 'waiting'; readonly wait: () => Promise<unknown> }

/** Runs `work` with the lock of the container's pod held. */
export type Holding = <T>(work: () => Promise<T>) => Promise<T>

/** No lock is held but between `holding` and the end of its work. @throws as start; conflict `startup-failed` */
export async function startInSteps(engine: Engine, request: StartRequest, holding: Holding): Promise<StartedContainer> {
  const waited = new Set<string>()
  for (;;) {
    const step = await holding(async () => makeStep(engine, request, waited))
    if (step.status === 'started') return finishStart(engine, request, step.started)
    await step.wait()
  }
}

/** `waited`: those whose start has been waited for. Who of them has ended meanwhile was ended by somebody: it is not started again. */
async function makeStep(engine: Engine, request: StartRequest, waited: Set<string>): Promise<Step> {
  const container = readStoredContainer(engine.at, request.container.id)
  if (container === undefined) return { status: 'started', started: await startAlone(engine, request) }
  const { spec } = container.stored
  const others = dependenciesOf(spec).flatMap((id) => readStoredContainer(engine.at, id) ?? [])
  const ended = others.find((other) => waited.has(other.id) && !isAlive(other.live))
  if (ended !== undefined && spec.awaitsStartup === true) throw startupFailed(ended.name)
  for (const other of others) {
    const step = waited.has(other.id) ? undefined : await wake(engine, { container, other, waited })
    if (step !== undefined) return step
  }
  return { status: 'started', started: await startAlone(engine, request) }
}

interface Waking {
  readonly container: StoredContainer
  /** That it depends on. */
  readonly other: StoredContainer
  readonly waited: Set<string>
}

/** Undefined when nothing need be waited for. */
async function wake(engine: Engine, { container, other, waited }: Waking): Promise<Step | undefined> {
  const { id } = other
  const asked = { container: other, isAttached: false }
  const isAwaited = container.stored.spec.awaitsStartup === true
  const isBehind = () => isAwaited && isBeforeStartup(engine.at, other)
  const startup = () => ({ status: 'waiting', wait: async () => awaitStartup(engine, id) }) as const
  if (isAlive(other.live)) {
    if (!isBehind()) return undefined
    waited.add(id)
    return startup()
  }
  if (other.stored.spec.pod?.id !== container.stored.spec.pod?.id) {
    waited.add(id)
    return { status: 'waiting', wait: async () => unlessRunning(start(engine, asked)) }
  }
  const step = await unlessRunning(makeStep(engine, asked, waited))
  if (step?.status === 'waiting') return step
  if (step !== undefined && isFinishedLater(step.started.container)) {
    waited.add(id)
    const finish = async () => {
      await finishStart(engine, asked, step.started)
      if (isAwaited) await awaitStartup(engine, id)
    }
    return { status: 'waiting', wait: finish }
  }
  if (!isBehind()) return undefined
  waited.add(id)
  return startup()
}

function isFinishedLater({ stored }: StoredContainer): boolean {
  const { lifecycle, notify } = stored.spec
  return lifecycle?.postStart !== undefined || notify?.mode === 'healthy'
}

/** Somebody may be faster, and so may another that depends on it. */
async function unlessRunning<T>(starting: Promise<T>): Promise<T | undefined> {
  try {
    return await starting
  } catch (error) {
    if (error instanceof EngineError && error.code === 'container-running') return undefined
    throw error
  }
}
