// rm: remove containers. Exit codes as podman's: 1 no such container, 2 running or paused, 125 anything else.

import { EngineError, invalid } from '../../../base/errors.ts'
import type { RemoveRequest } from '../../../engine/container/remove.ts'
import type { Engine } from '../../../engine/engine.ts'
import { inOwnLockFlow } from '../../../state/lock.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { printError } from '../../render/error.ts'
import { printLine } from '../../render/print.ts'
import {
  allOption,
  checkTargets,
  cidfileOption,
  findTargets,
  ignoreOption,
  latestOption,
  type Target,
  type TargetWords,
  timeOption,
} from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Remove all containers'),
    cidfile: cidfileOption,
    depend: {
      type: 'boolean',
      describe: 'Remove container and all containers that depend on the selected container',
    },
    filter: { type: 'strings', describe: 'Filter by conditions given', value: 'filter' },
    force: { type: 'boolean', short: 'f', describe: 'Force removal of a running or unusable container' },
    ignore: ignoreOption,
    latest: latestOption,
    time: timeOption,
    volumes: { type: 'boolean', short: 'v', describe: 'Remove anonymous volumes associated with the container' },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry rm web', 'gantry rm --force --time 2 web db', 'gantry rm --all'],
  async run(open, { options, args }) {
    const { all, latest, force, cidfile, filter, time } = options
    const isIgnoring = options.ignore || force
    const words = { names: args, all, latest, ignore: isIgnoring, cidfiles: cidfile, filters: filter }
    checkTargets(words)
    if (time !== undefined && !force) {
      throw invalid('arguments-invalid', '--force option must be specified to use the --time option')
    }
    const engine = await open()
    return removeAll(engine, await found(engine, words), {
      isForced: force,
      removesDependents: options.depend || all,
      removesVolumes: options.volumes,
      ...(time === undefined ? {} : { timeoutSeconds: time }),
    })
  },
})

/** Undefined where a name is nobody's: rm has its own wording and exit code for that. */
async function found(engine: Engine, words: TargetWords): Promise<Target[] | EngineError> {
  try {
    return await findTargets(engine, words)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'container-unknown') return error
    throw error
  }
}

async function removeAll(
  engine: Engine,
  targets: Target[] | EngineError,
  request: Omit<RemoveRequest, 'container'>,
): Promise<number> {
  if (targets instanceof EngineError) {
    printError(reworded(targets))
    return 1
  }
  const { remove } = await import('../../../engine/container/remove.ts')
  const gone = new Set<string>()
  const outcomes = await Promise.allSettled(
    targets.map(async ({ container }) => inOwnLockFlow(async () => remove(engine, { ...request, container }))),
  )
  let exitCode = 0
  for (const [index, outcome] of outcomes.entries()) {
    const target = targets[index] as Target
    if (outcome.status === 'fulfilled') printRemoved(target, outcome.value, gone)
    else if (!isGone(outcome.reason)) {
      printError(outcome.reason)
      exitCode = Math.max(0, codeOf(outcome.reason))
    }
  }
  return exitCode
}

function printRemoved(target: Target, ids: readonly string[], gone: Set<string>): void {
  for (const id of ids) {
    if (gone.has(id)) continue
    gone.add(id)
    printLine(id === target.container.id ? target.shown : id)
  }
}

function isGone(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'container-unknown'
}

function codeOf(error: unknown): number {
  return error instanceof EngineError && error.code === 'container-state' ? 2 : exitCodes.failed
}

function reworded(error: EngineError): EngineError {
  const message = error.message.replace('no container with name or ID', 'no container with ID or name')
  return new EngineError({ kind: error.kind, code: error.code, message })
}
