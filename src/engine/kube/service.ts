// kube play --service-container: one container that stands for all pods of a manifest, and what a service manager hears of them.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { native } from '../../os/native.ts'
import { watchFolder } from '../../os/watch-folder.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { ExitCodePropagation } from '../../spec/service.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { create } from '../container/create.ts'
import { remove } from '../container/remove.ts'
import { readStoredContainer } from '../container/stored-container.ts'
import { wait } from '../container/wait.ts'
import type { Engine } from '../engine.ts'
import { infraBase } from '../pod/create-in-pod.ts'
import { podsOfService } from '../pod/service.ts'
import type { Played } from './play.ts'
import type { Manifest } from './read-manifest.ts'

export interface ServiceRequest {
  readonly exitCodes: ExitCodePropagation
  /** One that an earlier play of the same manifest left goes first. */
  readonly isReplacing: boolean
}

/** Its name follows from the manifest, so that everybody finds it. Resolves to its id. @throws as the creation of containers does */
export async function createService(engine: Engine, { digest }: Manifest, request: ServiceRequest): Promise<string> {
  const { exitCodes, isReplacing } = request
  const spec = {
    ...infraBase(engine),
    name: `${digest.slice(0, 12)}-service`,
    namespaces: { network: { kind: 'none' } },
    notify: { mode: 'ignore' },
    service: { exitCodes },
  } as const
  const { id } = await create(engine, spec, { isReplacing })
  return id
}

/** Of a play that failed: it goes again, unless a pod stays that it serves. */
export async function removeServiceIfUnused(engine: Engine, id: string): Promise<void> {
  // With its last pod it has gone already.
  if (podsOfService(engine, id).length > 0 || readStoredContainer(engine.at, id) === undefined) return
  await remove(engine, { container: { id, name: id }, isForced: true, timeoutSeconds: 0, removesDependents: false })
}

/** A container that is to say by itself that it is ready. @throws conflict `container-unready` when it ends before */
export async function awaitReady(engine: Engine, id: string): Promise<void> {
  const { ready } = containerFiles.run
  const folder = paths.runContainer(engine.at, id)
  let isReady = false
  // It may have ended, and its mark have been swept, when we look.
  const isTelling = (name: string) => {
    isReady ||= name === ready
    return true
  }
  using changes = watchFolder(folder, { signal: engine.signal, isTelling })
  while (!isReady && !existsSync(join(folder, ready))) {
    const container = readStoredContainer(engine.at, id)
    if (changes === undefined || container === undefined || !isAlive(container.live)) throw unready(id)
    await changes.next()
    engine.signal.throwIfAborted()
  }
}

/**
 * Tells the service manager which process is the main one: the service container's monitor, so that nothing else has to stay; but ours, which
 * then waits, where containers have told us that they are ready. Resolves to our exit code.
 */
export async function tellManager(engine: Engine, { service }: Played): Promise<number> {
  if (service === undefined) return 0
  const { id, isOurs } = service
  const { live } = readStoredContainer(engine.at, id) ?? {}
  const main = isOurs ? process.pid : live !== undefined && isAlive(live) ? live.monitorPid : undefined
  const lines = [...(main === undefined ? [] : [`MAINPID=${main}`]), 'READY=1']
  const socket = process.env['NOTIFY_SOCKET']
  if (socket) native().sendDatagram(socket, Buffer.from(lines.join('\n')))
  return isOurs ? wait(engine, { container: { id, name: id }, conditions: [] }) : 0
}

function unready(id: string): EngineError {
  const message = `waiting for containers to be ready: container ${id} ended without saying READY=1`
  return new EngineError({ kind: 'conflict', code: 'container-unready', message })
}
