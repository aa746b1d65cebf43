// buildah run: one command in a working container, as RUN would have it run.

import { runAllSteps } from '../../base/run-all-steps.ts'
import type { Mount } from '../../spec/mounts.ts'
import { paths } from '../../state/layout.ts'
import { workdirOf } from '../build/configure.ts'
import { makeConfigFolders } from '../build/make-config-folders.ts'
import type { RunSettings } from '../build/run-settings.ts'
import { openRunner } from '../build/runner.ts'
import { upperOf } from '../container/diff.ts'
import { lockContainer } from '../container/lock-container.ts'
import { mountInPassing } from '../container/passing-mount.ts'
import { networkTeardown } from '../container/set-up-network.ts'
import type { ContainerRef } from '../container/stored-container.ts'
import { removeRunFolder } from '../container/sweep.ts'
import type { Engine } from '../engine.ts'
import { rememberStep } from './remember-step.ts'
import { readWorking } from './working-container.ts'

export interface WorkingRun {
  readonly words: readonly string[]
  readonly settings: RunSettings
  readonly user?: string
  readonly workdir?: string
  readonly environment: readonly string[]
  readonly mounts: readonly Mount[]
  readonly hasTerminal: boolean
  /** Descriptors. */
  readonly stdin: number
  readonly addsHistory: boolean
}

/** The exit code. The container's lock is held meanwhile. @throws as the runner's run */
export async function runInWorking(engine: Engine, target: ContainerRef, request: WorkingRun): Promise<number> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const { draft } = readWorking(engine, container)
  await using mounted = mountInPassing(engine, container)
  const workdir = request.workdir ?? workdirOf(draft.config)
  makeConfigFolders(mounted.path, { ...draft.config, WorkingDir: workdir }, undefined)
  const { id } = container
  const runner = openRunner(engine, { id, folder: paths.container(engine.at, id) }, request.settings)
  try {
    const { exitCode } = await runner.run({
      bench: { merged: mounted.path, upper: upperOf(engine, container) },
      words: request.words,
      environment: [...(draft.config.Env ?? []), ...request.environment],
      user: request.user ?? draft.config.User,
      workdir,
      mounts: request.mounts,
      isPrivileged: false,
      hasTerminal: request.hasTerminal,
      output: { stdin: request.stdin, stdout: 1, stderr: 2 },
    })
    if (exitCode === 0 && request.addsHistory) rememberStep(engine, container, `/bin/sh -c ${request.words.join(' ')}`)
    return exitCode
  } finally {
    await runAllSteps([...networkTeardown(engine, id), () => removeRunFolder(engine, id)], 'ending the run failed')
  }
}
