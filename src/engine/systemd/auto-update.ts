// auto-update: containers whose label asks for it get the newer image of their name. What runs in a service of systemd is restarted there; what does
// not is made anew by the command that made it. Where that fails the name goes back to the image that it had, and the same is done again.

import { EngineError, errorMessage, invalid } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { unitVariable } from '../../os/own-service.ts'
import { restartUnit, systemdBus } from '../../os/systemd-unit.ts'
import { readImage } from '../../transport/image-records.ts'
import { hostUser } from '../container/host-user.ts'
import { allContainers } from '../container/select.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isOutdated, pull } from '../image/pull.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { resolveImage } from '../image/resolve.ts'
import { tag } from '../image/tag.ts'
import { isInfra, membersOf } from '../pod/members.ts'
import type { ReadCreateCommand } from './create-command.ts'
import { remakeContainer } from './remake-container.ts'

export interface AutoUpdateRequest {
  /** Nothing is pulled nor restarted. */
  readonly isDryRun: boolean
  readonly rollsBack: boolean
  readonly access: RegistryAccess
  readonly readCommand: ReadCreateCommand
}

export interface AutoUpdateReport {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly policy: UpdatePolicy
  /** Empty where it runs in none. */
  readonly unit: string
  readonly updated: 'true' | 'false' | 'pending' | 'failed' | 'rolled back'
}

export type UpdatePolicy = 'registry' | 'local'

const updateLabel = 'io.containers.autoupdate'

/** One that fails keeps no other from its update. */
export async function autoUpdate(
  engine: Engine,
  request: AutoUpdateRequest,
): Promise<{ readonly reports: AutoUpdateReport[]; readonly failures: unknown[] }> {
  const failures: unknown[] = []
  const tasks = findTasks(engine, failures)
  if (tasks.length === 0) return { reports: [], failures }
  engine.events.append({ type: 'system', status: 'auto-update', name: '' })
  const pulled = new Set<string>()
  for (const together of Map.groupBy(tasks, ({ unit, container }) => unit || container.id).values()) {
    await updateTogether(engine, together, { ...request, failures, pulled })
  }
  const reports = tasks.map(({ container, imageName: image, policy, unit, updated }) => {
    const { id, name } = container
    return { id, name, image, policy, unit, updated }
  })
  return { reports, failures }
}

interface Task {
  readonly container: StoredContainer
  readonly policy: UpdatePolicy
  readonly unit: string
  readonly image: ImageRecord
  /** What its image is called in the store. */
  readonly imageName: string
  updated: AutoUpdateReport['updated']
}

interface Run extends AutoUpdateRequest {
  readonly failures: unknown[]
  /** Names of images whose newer ones have come. */
  readonly pulled: Set<string>
}

/** Of running containers, oldest first. */
function findTasks(engine: Engine, failures: unknown[]): Task[] {
  const running = allContainers(engine.at).filter(({ live }) => live.status === 'running')
  return running.reverse().flatMap((container) => {
    try {
      return taskOf(engine, container) ?? []
    } catch (error) {
      failures.push(error)
      return []
    }
  })
}

/** @throws invalid `update-policy-unknown`, `update-without-image` */
function taskOf({ at }: Engine, container: StoredContainer): Task | undefined {
  const { labels, pod } = container.stored.spec
  const policy = policyOf(labels[updateLabel])
  if (policy === undefined) return undefined
  const { image: made } = container.stored
  const image = made === undefined ? undefined : readImage(at, made.id)
  if (made === undefined || image === undefined) {
    throw invalid('update-without-image', `auto-updating container "${container.id}": it has no image that is there`)
  }
  const responsible = pod === undefined ? container : membersOf(at, pod.id).find(isInfra)
  const unit = responsible?.stored.spec.labels[unitVariable] ?? ''
  return { container, policy, unit, image, imageName: made.name, updated: 'failed' }
}

function policyOf(text: string | undefined): UpdatePolicy | undefined {
  switch (text) {
    case undefined:
    case '':
    case 'disabled':
      return undefined
    case 'registry':
    case 'image':
      return 'registry'
    case 'local':
      return text
    default:
      throw invalid(
        'update-policy-unknown',
        `invalid auto-update policy ${JSON.stringify(text)}: valid policies are ["disabled" "image" "local" "registry"]`,
      )
  }
}

/** Those of one unit are restarted once. */
async function updateTogether(engine: Engine, tasks: readonly Task[], run: Run): Promise<void> {
  for (const task of tasks) {
    try {
      await bringImage(engine, task, run)
    } catch (error) {
      run.failures.push(error)
    }
  }
  if (!tasks.some(({ updated }) => updated === 'true')) return
  const failure = await restart(engine, tasks, run)
  settle(tasks, failure === undefined ? 'true' : 'failed')
  if (failure === undefined) return
  if (run.rollsBack) return rollBack(engine, tasks, run)
  run.failures.push(about(`restarting ${whatRuns(tasks)}`, failure))
}

async function rollBack(engine: Engine, tasks: readonly Task[], run: Run): Promise<void> {
  for (const { image, imageName } of tasks) {
    await tag(engine, image.id, [imageName])
    run.pulled.delete(imageName)
  }
  const failure = await restart(engine, tasks, run)
  settle(tasks, failure === undefined ? 'rolled back' : 'failed')
  if (failure === undefined) return
  run.failures.push(about(`restarting ${whatRuns(tasks)} with the image that it had`, failure))
}

function whatRuns([task]: readonly Task[]): string {
  return task?.unit || `container ${task?.container.name}`
}

function settle(tasks: readonly Task[], updated: Task['updated']): void {
  for (const task of tasks) task.updated = updated
}

/** What it is called has the newer image, if there is one. */
async function bringImage(engine: Engine, task: Task, { isDryRun, access, pulled }: Run): Promise<void> {
  const { imageName, policy, container } = task
  const authFile = container.stored.spec.labels[`${updateLabel}.authfile`]
  const own = authFile === undefined ? access : { ...access, authFile }
  const has = policy === 'registry' && pulled.has(imageName)
  const isNew =
    has || (await whileDoing(`checking image updates for container ${container.id}`, hasNewer(engine, task, own)))
  if (!isNew || isDryRun) {
    task.updated = isNew ? 'pending' : 'false'
    return
  }
  if (policy === 'registry' && !has) {
    const pulling = pull(engine, imageName, { ...own, policy: 'always' })
    await whileDoing(`updating the image of container ${container.id}`, pulling)
    pulled.add(imageName)
  }
  task.updated = 'true'
}

async function hasNewer(engine: Engine, { image, imageName, policy }: Task, access: RegistryAccess): Promise<boolean> {
  if (policy === 'local') return (await resolveImage(engine, imageName)).record.id !== image.id
  return isOutdated(engine, { record: image, name: imageName }, access)
}

/** Resolves to what went wrong. */
async function restart(engine: Engine, tasks: readonly Task[], { readCommand }: Run): Promise<unknown> {
  try {
    const unit = tasks[0]?.unit ?? ''
    if (unit === '') for (const { container } of tasks) await remakeContainer(engine, container, readCommand)
    else await restartService(engine, unit)
    return undefined
  } catch (error) {
    engine.signal.throwIfAborted()
    return error
  }
}

/** @throws unavailable `systemd-unreachable`; Error as systemd says it */
async function restartService({ settings }: Engine, unit: string): Promise<void> {
  const bus = systemdBus(settings.isRootless, hostUser().uid)
  if (bus !== undefined) return restartUnit(bus, unit)
  throw new EngineError({
    kind: 'unavailable',
    code: 'systemd-unreachable',
    message: `no systemd can be reached that would restart ${unit}`,
  })
}

async function whileDoing<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw about(what, error)
  }
}

function about(what: string, error: unknown): EngineError {
  const { kind, code } = error instanceof EngineError ? error : { kind: 'unavailable' as const, code: 'update-failed' }
  return new EngineError({ kind, code, message: `${what}: ${errorMessage(error)}`, cause: error })
}
