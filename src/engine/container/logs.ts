// A container's log as entries, from wherever its driver put it. Takes no lock; goes on when the container is removed meanwhile.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { passageOf } from '../../base/passage.ts'
import type { LogEntry, ParseLines } from '../../log/log-entry.ts'
import type { LogQuery } from '../../log/read-log.ts'
import { unitVariable } from '../../os/own-service.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { isPassthrough, type LogDriver } from '../../spec/log.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { isContainerGone } from './lock-container.ts'
import type { StoredContainer } from './stored-container.ts'
import { wait } from './wait.ts'

export interface LogRequest {
  readonly container: StoredContainer
  /** Goes on until the container ends or `untilNs` has come. */
  readonly follow: boolean
  /** The last lines only; all if undefined. */
  readonly tail: number | undefined
  /** Nanoseconds since 1970, both exclusive. */
  readonly sinceNs: bigint | undefined
  readonly untilNs: bigint | undefined
}

/**
 * In batches, in the order written. A container without a log yet has an empty one.
 * @throws unsupported `no-log` for drivers that keep nothing; while it is read: unavailable `journal-unreadable`
 */
export async function logs(engine: Engine, request: LogRequest): Promise<AsyncGenerator<readonly LogEntry[]>> {
  const { container, follow } = request
  const { log, labels } = container.stored.spec
  const { driver, path } = log
  const unit = isPassthrough(driver) ? labels[unitVariable] : undefined
  if (unit === undefined && (driver === 'none' || isPassthrough(driver))) throw noLog(driver)
  const left = new AbortController()
  const ended = follow
    ? endOf({ ...engine, signal: AbortSignal.any([engine.signal, left.signal]) }, request)
    : undefined
  const where = path ?? join(paths.container(engine.at, container.id), containerFiles.root.log)
  const { tail, sinceNs, untilNs } = request
  const query = { tail, sinceNs, untilNs, ended }
  return untilLeft(left, await openLog(engine, query, { driver, unit, id: container.id, path: where }))
}

/** What waits for the container's end is let go with the reader. */
async function* untilLeft<T>(left: AbortController, batches: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* batches
  } finally {
    left.abort()
  }
}

interface LogPlace {
  readonly driver: LogDriver
  /** The service whose output, passed through, is in the journal. */
  readonly unit: string | undefined
  readonly id: string
  readonly path: string
}

async function openLog(
  { settings }: Engine,
  query: LogQuery,
  { driver, unit, id, path }: LogPlace,
): Promise<AsyncGenerator<readonly LogEntry[]>> {
  if (driver === 'journald' || unit !== undefined) {
    const { entriesOfContainer, entriesOfService, readJournald } = await import('../../log/read-journald.ts')
    const match = unit === undefined ? entriesOfContainer(id) : entriesOfService(unit, settings.isRootless)
    return readJournald({ ...query, match })
  }
  const { readLogFile } = await import('../../log/read-log.ts')
  return readLogFile({ ...query, path, parse: await parserOf(driver) })
}

async function parserOf(driver: LogDriver): Promise<ParseLines> {
  if (driver === 'json-file') return (await import('../../log/json-format.ts')).parseJsonLines
  return (await import('../../log/k8s-format.ts')).parseK8sLines
}

/** Resolves with the container's end, its removal, or at the end of the window. */
async function endOf(engine: Engine, { container, untilNs }: LogRequest): Promise<void> {
  if (!isAlive(container.live)) return
  const waits = [exitOf(engine, container)]
  if (untilNs !== undefined) waits.push(passageOf(untilNs, engine.signal))
  await Promise.race(waits)
}

async function exitOf(engine: Engine, container: StoredContainer): Promise<void> {
  try {
    await wait(engine, { container, conditions: [] })
  } catch (error) {
    if (!isContainerGone(error) && !engine.signal.aborted) throw error
  }
}

function noLog(driver: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'no-log',
    message: `this container is using the '${driver}' log driver, cannot read logs: this container is not logging output`,
  })
}
