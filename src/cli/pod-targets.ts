// The pods that a command works on: names, -l, -a, --pod-id-file, --ignore.

import { invalid } from '../base/errors.ts'
import type { Engine } from '../engine/engine.ts'
import type { PodRecord } from '../engine/pod/pod-record.ts'
import { checkTargets, forEachTarget, idInFile } from './targets.ts'

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
  const targets = [
    ...names,
    ...idFiles.flatMap((path) => idInFile(path, { what: 'pod ID file', code: 'pod-id-file-unreadable', isIgnoring })),
  ].flatMap((name) => {
    try {
      return [{ pod: selectPod(engine.at, name), shown: name }]
    } catch (error) {
      if (isIgnoring && isPodGone(error)) return []
      throw error
    }
  })
  return [...new Map(targets.map((target) => [target.pod.id, target])).values()]
}

/** Works on all at once and prints each as it was named, or its id. */
export async function forEachPod(
  targets: readonly PodTarget[],
  { work, isIdShown = false }: { work: (pod: PodRecord) => Promise<unknown>; isIdShown?: boolean },
): Promise<number> {
  const shown = targets.map(({ pod, shown: named }) => ({ pod, shown: isIdShown ? pod.id : named }))
  return forEachTarget(shown, async ({ pod }) => {
    await work(pod)
  })
}
