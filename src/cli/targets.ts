// The containers that a command works on: names, -l, -a, --filter, --cidfile, --ignore, with podman's checks and its rule for what is
// printed of each (the words given; the id where there were none).

import { readFileSync } from 'node:fs'
import { EngineError, errnoOf, errorReason, invalid } from '../base/errors.ts'
import type { StoredContainer } from '../engine/container/stored-container.ts'
import type { Engine } from '../engine/engine.ts'
import { inOwnLockFlow } from '../state/lock.ts'
import { exitCodes } from './exit-code.ts'
import { printError } from './render/error.ts'
import { printLine } from './render/print.ts'

export const allOption = (describe: string) => ({ type: 'boolean', short: 'a', describe }) as const
export const latestOption = {
  type: 'boolean',
  short: 'l',
  describe: 'Act on the latest container that Gantry is aware of',
} as const
export const cidfileOption = {
  type: 'strings',
  describe: 'Read the container ID from the file',
  value: 'file',
  complete: 'file',
} as const
export const filterOption = {
  type: 'strings',
  short: 'f',
  describe: 'Filter by conditions given',
  value: 'filter',
} as const
export const ignoreOption = {
  type: 'boolean',
  short: 'i',
  describe: 'Ignore errors when a specified container is missing',
} as const
export const timeOption = {
  type: 'number',
  short: 't',
  aliases: ['timeout'],
  describe: 'Seconds to wait for stop before killing the container',
  value: 'seconds',
} as const

export interface TargetWords {
  readonly names: readonly string[]
  readonly all?: boolean
  readonly latest?: boolean
  readonly filters?: readonly string[]
  readonly cidfiles?: readonly string[]
  readonly ignore?: boolean
}

export interface Target {
  readonly container: StoredContainer
  /** What is printed when it is done. */
  readonly shown: string
}

/** podman's rules for which ways of naming go together. @throws invalid `arguments-invalid` */
export function checkTargets(words: TargetWords): void {
  const complaint = filterComplaint(words) ?? combinationComplaint(words) ?? countComplaint(words)
  if (complaint !== undefined) throw invalid('arguments-invalid', complaint)
}

function filterComplaint({ filters = [], names }: TargetWords): string | undefined {
  return filters.length > 0 && names.length > 0 ? '--filter takes no arguments' : undefined
}

function combinationComplaint({ all = false, latest = false, cidfiles = [], names }: TargetWords): string | undefined {
  if (cidfiles.length > 0 && (all || latest)) return '--all, --latest, and --cidfile cannot be used together'
  if (all && latest) return '--all and --latest cannot be used together'
  return names.length > 0 && all ? 'no arguments are needed with --all' : undefined
}

function countComplaint(words: TargetWords): string | undefined {
  const { all, latest, cidfiles = [], filters = [] } = words
  const isNamed = words.names.length > 0
  if (isNamed && latest === true) return '--latest and containers cannot be used together'
  if (isNamed && cidfiles.length > 0) return 'no arguments are needed with --latest or --cidfile'
  const ways = [isNamed, all === true, latest === true, cidfiles.length > 0, filters.length > 0]
  return ways.includes(true) ? undefined : 'you must provide at least one name or id'
}

/** In the order named; twice named, once there. @throws not-found `container-unknown` unless ignored; what filters throw */
export async function findTargets(engine: Engine, words: TargetWords): Promise<Target[]> {
  const { selectContainer, selectContainers } = await import('../engine/container/select.ts')
  const filters = [...(words.filters ?? [])]
  const named = [...words.names.map((name) => name.replace(/^\//, '')), ...idsInFiles(words)]
  const isNamed = named.length > 0 || (words.cidfiles ?? []).length > 0
  if (isNamed && filters.length === 0) {
    return unique(named.flatMap((name) => find(name, words, () => selectContainer(engine, name))))
  }
  const { all = false, latest = false, ignore = false } = words
  const chosen = selectContainers(engine, {
    names: named,
    all: all || filters.length > 0,
    latest,
    filters,
    ignore,
  })
  return unique(chosen.map((container) => ({ container, shown: shownOf(container, named) })))
}

function find(name: string, words: TargetWords, select: () => StoredContainer): Target[] {
  try {
    return [{ container: select(), shown: name }]
  } catch (error) {
    if (words.ignore === true && error instanceof EngineError && error.code === 'container-unknown') return []
    throw error
  }
}

function shownOf(container: StoredContainer, named: readonly string[]): string {
  return named.find((name) => name === container.name || container.id.startsWith(name)) ?? container.id
}

function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.container.id, target])).values()]
}

function idsInFiles({ cidfiles = [], ignore = false }: TargetWords): string[] {
  return cidfiles.flatMap((path) => idInFile(path, { what: 'CIDFile', code: 'cidfile-unreadable', isIgnoring: ignore }))
}

/** The id in the file that a command wrote for it; none where the file is missing and that is ignored. @throws invalid, with that code */
export function idInFile(path: string, on: { what: string; code: string; isIgnoring: boolean }): string[] {
  try {
    return [readFileSync(path, 'utf8').split('\n')[0] ?? '']
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT' && on.isIgnoring) return []
    const message = `reading ${on.what}: open ${path}: ${errorReason(cause)}`
    throw new EngineError({ kind: 'invalid', code: on.code, message, cause })
  }
}

/**
 * Works on all at once and prints each as it was named, in order; errors go to stderr and make the exit code 125.
 * `work` resolves to false for what is to be passed over in silence.
 */
export async function forEachTarget<T extends { readonly shown: string }>(
  targets: readonly T[],
  work: (target: T) => Promise<unknown>,
): Promise<number> {
  const outcomes = await Promise.allSettled(targets.map(async (target) => inOwnLockFlow(async () => work(target))))
  let exitCode = 0
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') {
      printError(outcome.reason)
      exitCode = exitCodes.failed
    } else if (outcome.value !== false) printLine(targets[index]?.shown ?? '')
  }
  return exitCode
}
