// A build as lines: podman's. What steps print goes where it would go without us.

import type { BuildObserver, BuildProgress, StepRef } from '../../engine/build/build-progress.ts'
import { printLineTo } from './print.ts'

export interface PlainOptions {
  /** Descriptors; -1 for nowhere. */
  readonly stdout: number
  readonly stderr: number
  readonly isQuiet: boolean
  /** `--> id` is left out: who wants ids has a file with them. */
  readonly hasIdFile: boolean
}

export function plainObserver({ stdout, stderr, isQuiet, hasIdFile }: PlainOptions): BuildObserver {
  const say = (line: string) => (isQuiet ? undefined : printLineTo(stdout, line))
  const tell = (progress: BuildProgress): void => {
    switch (progress.type) {
      case 'step':
        return say(`${stepPrefix(progress.at)}${progress.text}`)
      case 'cached':
        return say(`--> Using cache ${progress.imageId}`)
      case 'cache-pulled':
        return say(`--> Cache pulled from remote ${progress.from}:${progress.tag}`)
      case 'cache-pushed':
        return say(`--> Pushing cache [${progress.to.join(' ')}]:${progress.tag}`)
      case 'step-done':
        return hasIdFile ? undefined : say(`--> ${progress.imageId.slice(0, 12)}`)
      case 'commit':
        return say(`${stagePrefix(progress.at)}COMMIT${progress.name === undefined ? '' : ` ${progress.name}`}`)
      case 'warning':
        return printLineTo(stderr, `[Warning] ${progress.message}`)
      case 'step-failed':
        return undefined
    }
  }
  return {
    tell,
    openOutput: () => ({
      stdout: isQuiet ? -1 : stdout,
      stderr: isQuiet ? -1 : stderr,
      [Symbol.asyncDispose]: async () => undefined,
    }),
  }
}

function stepPrefix(at: StepRef): string {
  return `${stagePrefix(at)}STEP ${at.step}/${at.steps}: `
}

function stagePrefix({ stage, stages }: StepRef): string {
  return stages > 1 ? `[${stage + 1}/${stages}] ` : ''
}
