// What checkpoint and restore print of each container: its name, or with --print-stats one document of all.

import type { CheckpointReport } from '../engine/container/checkpoint.ts'
import { inOwnLockFlow } from '../state/lock.ts'
import { exitCodes } from './exit-code.ts'
import { printError } from './render/error.ts'
import { printLine } from './render/print.ts'

export interface Work<T> {
  readonly hasStatistics: boolean
  /** With the id where it is not known before. */
  readonly work: (target: T) => Promise<CheckpointReport & { readonly id?: string }>
}

interface Named {
  readonly shown: string
  readonly container?: { readonly id: string }
}

/** One after the other. Errors go to stderr and make the exit code 125. */
export async function printReports<T extends Named>(
  targets: readonly T[],
  verb: 'checkpoint' | 'restore',
  { hasStatistics, work }: Work<T>,
): Promise<number> {
  const startedAt = performance.now()
  const documents: object[] = []
  let exitCode = 0
  for (const target of targets) {
    try {
      const { id = target.container?.id ?? '', duration, statistics } = await inOwnLockFlow(async () => work(target))
      documents.push({ Id: id, [`runtime_${verb}_duration`]: duration, criu_statistics: statistics ?? null })
      if (!hasStatistics) printLine(target.container === undefined ? id : target.shown)
    } catch (error) {
      printError(error)
      exitCode = exitCodes.failed
    }
  }
  if (hasStatistics) {
    const whole = Math.round((performance.now() - startedAt) * 1000)
    const document = { [`podman_${verb}_duration`]: whole, container_statistics: documents }
    printLine(JSON.stringify(document, undefined, 4))
  }
  return exitCode
}
