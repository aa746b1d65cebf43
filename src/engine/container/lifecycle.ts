// Lifecycle hooks: a further process in the container, whose end the start, or the stop, waits for.

import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EngineError, errorMessage } from '../../base/errors.ts'
import type { LifecycleHook } from '../../spec/lifecycle.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { runWithin } from './run-within.ts'
import type { StoredContainer } from './stored-container.ts'

/** The kubelet gives a hook that is late so much more. */
const extensionMs = 2000

/** No lock of the container is held. When it fails, the container is ended, and its restart policy acts. @throws conflict `post-start-failed` */
export async function runPostStart(engine: Engine, container: StoredContainer): Promise<void> {
  const hook = container.stored.spec.lifecycle?.postStart
  if (hook === undefined) return
  const trouble = await troubleOf(engine, container, {
    hook,
    folder: 'post-start',
    timeoutMs: Number.POSITIVE_INFINITY,
  })
  if (trouble === undefined) return
  const { stop } = await import('./stop.ts')
  await stop(engine, { container, timeoutSeconds: 0, isLeftToMonitor: true, isPodTended: true })
  const message = `postStart hook of container ${container.name} ${trouble}`
  throw new EngineError({ kind: 'conflict', code: 'post-start-failed', message })
}

/** Resolves to what is left of the time for the stop itself. What goes wrong is told, and stops nothing. */
export async function runPreStop(engine: Engine, container: StoredContainer, graceMs: number): Promise<number> {
  const hook = container.stored.spec.lifecycle?.preStop
  if (hook === undefined || graceMs <= 0) return graceMs
  const startedAt = performance.now()
  const trouble = await troubleOf(engine, container, { hook, folder: 'pre-stop', timeoutMs: graceMs })
  if (trouble !== undefined)
    engine.report({ type: 'warning', message: `preStop hook of container ${container.name} ${trouble}` })
  return Math.max(extensionMs, graceMs - (performance.now() - startedAt))
}

interface HookRun {
  readonly hook: LifecycleHook
  readonly folder: 'post-start' | 'pre-stop'
  readonly timeoutMs: number
}

async function troubleOf(engine: Engine, container: StoredContainer, run: HookRun): Promise<string | undefined> {
  const { hook, timeoutMs } = run
  if (hook.kind === 'sleep') {
    await delay(Math.min(hook.seconds * 1000, timeoutMs), undefined, { signal: engine.signal })
    return undefined
  }
  const folder = join(paths.runContainer(engine.at, container.id), containerFiles.run.hooks, run.folder)
  try {
    const { exitCode, isTimedOut, output } = await runWithin(engine, container, {
      command: hook.command,
      folder,
      timeoutMs,
    })
    if (isTimedOut) return 'took too long, and was killed'
    return exitCode === 0 ? undefined : `ended with exit code ${exitCode}${said(output)}`
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return `cannot be run: ${errorMessage(error)}`
  }
}

function said(output: string): string {
  const last = output.trim().split('\n').at(-1)
  return last ? `: ${last}` : ''
}
