// The pods that a command works on: names, -l, -a, --pod-id-file, --ignore.

import { readFileSync } from 'node:fs'
import { EngineError, errnoOf, invalid } from '../base/errors.ts'
import type { Engine } from '../engine/engine.ts'
import type { PodRecord } from '../engine/pod/pod-record.ts'
import { inOwnLockFlow } from '../state/lock.ts'
import { exitCodes } from './exit-code.ts'
import { printError } from './render/error.ts'
import { printLine } from './render/print.ts'
import { checkTargets } from './targets.ts'

export const latestPodOption = {
  type: 'boolean',
  short: 'l',
  describe: 'Act on the latest pod that Gantry is aware of',
} as const
export const podIdFileOption = {
  type: 'strings',
  value: 'file',
  describe: 'Read the pod ID from the file',
  complete: 'file',
} as const
export const podsPositional = [{ name: 'pod', isVariadic: true, isOptional: true, complete: 'pod' }] as const

export interface PodWords {
  readonly names: readonly string[]
  readonly all?: boolean
  readonly latest?: boolean
  readonly idFiles?: readonly string[]
  readonly isIgnoring?: boolean
}

export interface PodTarget {
  readonly pod: PodRecord
  /** As it was named; the id where it was not. */
  readonly shown: string
}

/** @throws invalid `arguments-invalid` */
export function checkPodWords({ names, all = false, latest = false, idFiles = [] }: PodWords): void {
  if (idFiles.length > 0) {
    if (all || latest) throw invalid('arguments-invalid', '--all, --latest, and --pod-id-file cannot be used together')
    return
  }
  checkTargets({ names, all, latest })
}

/** Each once. @throws not-found `pod-unknown` unless ignored */
export async function findPods(engine: Engine, words: PodWords): Promise<PodTarget[]> {
  const [{ selectPod, podGone, isPodGone }, { allPods }] = await Promise.all([
    import('../engine/pod/find-pod.ts'),
    import('../engine/pod/pod-record.ts'),
  ])
  const { names, all = false, latest = false, idFiles = [], isIgnoring = false } = words
  if (all || latest) {
    const pods = allPods(engine.at)
    if (latest && pods.length === 0) throw podGone('')
    return (latest ? pods.slice(0, 1) : pods).map((pod) => ({ pod, shown: pod.id }))
  }
  const targets = [...names, ...idFiles.flatMap((path) => idIn(path, isIgnoring))].flatMap((name) => {
    try {
      return [{ pod: selectPod(engine.at, name), shown: name }]
    } catch (error) {
      if (isIgnoring && isPodGone(error)) return []
      throw error
    }
  })
  return [...new Map(targets.map((target) => [target.pod.id, target])).values()]
}

function idIn(path: string, isIgnoring: boolean): string[] {
  try {
    return [readFileSync(path, 'utf8').split('\n')[0] ?? '']
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && isIgnoring) return []
    const why = errnoOf(error) === 'ENOENT' ? 'no such file or directory' : (error as Error).message
    throw new EngineError({
      kind: 'invalid',
      code: 'pod-id-file-unreadable',
      message: `reading pod ID file: open ${path}: ${why}`,
      cause: error,
    })
  }
}

/** Works on all at once and prints each in order; errors go to stderr and make the exit code 125. */
export async function forEachPod(
  targets: readonly PodTarget[],
  { work, isIdShown = false }: { work: (pod: PodRecord) => Promise<unknown>; isIdShown?: boolean },
): Promise<number> {
  const outcomes = await Promise.allSettled(targets.map(async ({ pod }) => inOwnLockFlow(async () => work(pod))))
  let exitCode = 0
  for (const [index, outcome] of outcomes.entries()) {
    const target = targets[index] as PodTarget
    if (outcome.status === 'fulfilled') printLine(isIdShown ? target.pod.id : target.shown)
    else {
      printError(outcome.reason)
      exitCode = exitCodes.failed
    }
  }
  return exitCode
}
