// Waiting for a container's state. Woken by inotify on its two folders and by its monitor's exit frame; never polls.

import { type FSWatcher, watch } from 'node:fs'
import { basename } from 'node:path'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import type { AttachClient } from '../../runtime/attach-client.ts'
import { isAlive, type LiveState, markers } from '../../runtime/live-state.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { openControl } from './control.ts'
import { type HealthStatus, healthStatus } from './health-record.ts'
import { containerGone } from './lock-container.ts'
import { isReady } from './readiness.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'

export const waitConditions = [
  'created',
  'configured',
  'initialized',
  'running',
  'paused',
  'stopping',
  'stopped',
  'exited',
  'removing',
  'healthy',
  'unhealthy',
  'ready',
] as const
export type WaitCondition = (typeof waitConditions)[number]

export interface WaitRequest {
  readonly container: ContainerRef
  /** Any of them; its end if empty. */
  readonly conditions: readonly WaitCondition[]
}

/**
 * The exit code when an end was waited for (0 for a container that never ran), else -1.
 * @throws not-found `container-unknown` when it is removed before a condition came true; invalid `health-undefined`; conflict
 * `container-stopped` when it has ended and only its health was waited for
 */
export async function wait(engine: Engine, { container, conditions }: WaitRequest): Promise<number> {
  const wanted = conditions.length === 0 ? (['stopped', 'exited'] as const) : conditions
  let seenExitCode: number | undefined
  const hasRunSince = runsSinceFirstLook()
  for (;;) {
    // Watched first, looked at second: a change between the two wakes us at once.
    await using changes = await watchChanges(engine, container.id)
    const now = readStoredContainer(engine.at, container.id)
    const answer =
      now === undefined
        ? answerWhenGone(wanted, seenExitCode)
        : (answerNow(wanted, now.live, hasRunSince(now)) ?? answerByHealth(engine, wanted, now))
    if (answer !== undefined) return answer
    if (now === undefined) throw containerGone(container.name)
    seenExitCode = (await changes.next) ?? seenExitCode
    if (seenExitCode !== undefined && isEndWanted(wanted)) return seenExitCode
    engine.signal.throwIfAborted()
  }
}

function isEndWanted(wanted: readonly WaitCondition[]): boolean {
  return wanted.includes('stopped') || wanted.includes('exited')
}

function answerNow(wanted: readonly WaitCondition[], live: LiveState, hasRunSince: boolean): number | undefined {
  if (isEndWanted(wanted)) {
    if (live.status === 'exited') return live.exitCode
    if (live.status === 'created' && !live.isUnsettled) return 0
  }
  const isPassed = hasRunSince && wanted.includes('running')
  return isPassed || wanted.some((condition) => isIn(condition, live)) ? -1 : undefined
}

function answerByHealth(engine: Engine, wanted: readonly WaitCondition[], now: StoredContainer): -1 | undefined {
  const conditions = wanted.filter((condition) => ['healthy', 'unhealthy', 'ready'].includes(condition))
  const checked = conditions.find((condition) => condition !== 'ready')
  if (conditions.length === 0) return undefined
  if (checked !== undefined && now.stored.spec.health?.check === undefined) throw hasNoCheck(now.id, checked)
  if (wanted.includes('ready') && isReady(engine.at, now)) return -1
  if ((conditions as HealthStatus[]).includes(healthStatus(engine.at, now) as HealthStatus)) return -1
  if (conditions.length === wanted.length && now.live.status === 'exited') throw stopped()
  return undefined
}

function hasNoCheck(id: string, condition: string): Error {
  return invalid('health-undefined', `cannot use condition "${condition}": container ${id} has no healthcheck`)
}

function stopped(): Error {
  return new EngineError({ kind: 'conflict', code: 'container-stopped', message: 'container is stopped' })
}

/** Whether a run has begun between two looks; it may have ended, too. */
function runsSinceFirstLook(): (container: StoredContainer) => boolean {
  let first: { readonly run: string | undefined } | undefined
  return (container) => {
    const run = newestRun(container)
    first ??= { run }
    return run !== undefined && run !== first.run
  }
}

/** When its newest run began, by our own clock; undefined where its program has not been started. */
function newestRun({ live, record }: StoredContainer): string | undefined {
  if (live.status === 'created' || live.status === 'initialized') return undefined
  return record.last.status === 'created' ? undefined : record.last.startedAt
}

function isIn(condition: WaitCondition, live: LiveState): boolean {
  if (condition === 'configured') return live.status === 'created'
  return condition === live.status
}

function answerWhenGone(wanted: readonly WaitCondition[], seenExitCode: number | undefined): number | undefined {
  if (isEndWanted(wanted) && seenExitCode !== undefined) return seenExitCode
  return wanted.includes('removing') ? -1 : undefined
}

const telling: ReadonlySet<string> = new Set([
  containerFiles.root.state,
  containerFiles.root.health,
  containerFiles.run.started,
  containerFiles.run.exit,
  containerFiles.run.monitorLock,
  markers.initialized,
  markers.stopping,
])

interface Changes extends AsyncDisposable {
  /** Resolves at the next change; with the exit code when that was the container's end. */
  readonly next: Promise<number | undefined>
}

async function watchChanges(engine: Engine, id: string): Promise<Changes> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const folders = [paths.container(engine.at, id), paths.runContainer(engine.at, id)]
  const watchers = folders.flatMap((folder) => watchFolder(folder, () => resolve(undefined)) ?? [])
  const control = openControlIfAlive(engine, id)
  void control?.ended.then((end) => resolve(end.status === 'exited' ? end.exit.exitCode : undefined))
  engine.signal.addEventListener('abort', () => resolve(undefined), { once: true })
  return {
    next: promise,
    async [Symbol.asyncDispose]() {
      for (const watcher of watchers) watcher.close()
      control?.leave()
      await Promise.resolve()
    },
  }
}

function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  const watcher = absentAsUndefined(() =>
    watch(folder, (_, name) => {
      if (isTelling(folder, name)) onChange()
    }),
  )
  watcher?.on('error', onChange)
  return watcher
}

/** The log lies in the same folder and is written all the time: it says nothing about the state. */
function isTelling(folder: string, name: string | null): boolean {
  return name === null || telling.has(name) || name === basename(folder)
}

function openControlIfAlive(engine: Engine, id: string): AttachClient | undefined {
  const now = readStoredContainer(engine.at, id)
  return now !== undefined && isAlive(now.live) ? openControl(engine.at, id) : undefined
}
