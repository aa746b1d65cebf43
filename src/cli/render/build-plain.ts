// A build as lines: podman's. What steps print goes where it would go without us.

import type { BuildObserver, BuildProgress, StepRef } from '../../engine/build/build-progress.ts'
import { complain, printLine } from './print.ts'

export interface PlainOptions {
  readonly isQuiet: boolean
  /** `--> id` is left out: who wants ids has a file with them. */
  readonly hasIdFile: boolean
}

export function plainObserver({ isQuiet, hasIdFile }: PlainOptions): BuildObserver {
  const say = (line: string) => (isQuiet ? undefined : printLine(line))
  const tell = (progress: BuildProgress): void => {
    switch (progress.type) {
      case 'step':
        return say(`${stepPrefix(progress.at)}${progress.text}`)
      case 'cached':
        return say(`--> Using cache ${progress.imageId}`)
      case 'step-done':
        return hasIdFile ? undefined : say(`--> ${progress.imageId.slice(0, 12)}`)
      case 'commit':
        return say(`${stagePrefix(progress.at)}COMMIT${progress.name === undefined ? '' : ` ${progress.name}`}`)
      case 'warning':
        return complain(`[Warning] ${progress.message}\n`)
      case 'step-failed':
        return undefined
    }
  }
  return {
    tell,
    openOutput: () => ({
      stdout: isQuiet ? -1 : 1,
      stderr: isQuiet ? -1 : 2,
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
