// restore: a container goes on where a checkpoint stopped it, under a new monitor. Its root file system is as it left it.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { checkCriu, criuError } from '../../runtime/criu.ts'
import { type CriuStatistics, readCriuStatistics } from '../../runtime/criu-statistics.ts'
import { hasCheckpoint, isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { checkpointFiles, paths } from '../../state/layout.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import type { Engine } from '../engine.ts'
import { needsRoot } from './checkpoint.ts'
import { type AddressWishes, networksAsBefore, withoutStatic } from './checkpoint-network.ts'
import { lockContainer, saveRecord, stateImproper } from './lock-container.ts'
import { attachmentsOf } from './network-attachments.ts'
import { launch } from './start.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'

export interface RestoreRequest extends AddressWishes {
  readonly container: ContainerRef
  readonly keepsConnections: boolean
  readonly keepsFileLocks: boolean
  /** The checkpoint stays, and can be restored again. */
  readonly keepsFiles: boolean
  /** It gets its networks anew: the addresses that it had may be another's. */
  readonly isRenamed?: boolean
}

export interface RestoreReport {
  /** Microseconds in the runtime. */
  readonly duration: number
  readonly statistics: CriuStatistics | undefined
}

/**
 * When it resolves the container runs. When it throws, it and its checkpoint are as they were.
 * @throws conflict `container-state`; not-found `checkpoint-missing`; internal `criu-restore-failed`; as start does
 */
export async function restore(engine: Engine, request: RestoreRequest): Promise<RestoreReport> {
  if (engine.settings.isRootless) throw needsRoot('restoring')
  using locked = await lockContainer(engine, request.container)
  const { container } = locked
  await check(engine, container)
  const folder = paths.criu(engine.at, container.id)
  for (const name of [checkpointFiles.restoreLog, checkpointFiles.restoreStatistics]) removeFile(join(folder, name))
  const { networks, fresh } = settleNetworks(engine, container, request)
  const startedAt = performance.now()
  await launchRestored(engine, fresh, { ...request, networks })
  const duration = Math.round((performance.now() - startedAt) * 1000)
  const statistics = readCriuStatistics(join(folder, checkpointFiles.restoreStatistics), 'restore')
  if (!request.keepsFiles) removeTree(folder)
  return { duration, statistics }
}

async function check(engine: Engine, { id, live, stored }: StoredContainer): Promise<void> {
  if (isAlive(live)) throw stateImproper(`container ${id} is running or paused, cannot restore`)
  if (!hasCheckpoint(engine.at, id)) {
    throw new EngineError({
      kind: 'not-found',
      code: 'checkpoint-missing',
      message: 'a complete checkpoint for this container cannot be found, cannot restore',
      hint: 'Containers that have one: gantry ps --all, and .State.Checkpointed of inspect',
    })
  }
  await checkCriu(runtimeOf(engine.at, stored))
}

/** To ignore a static address is to forget it. */
function settleNetworks(
  engine: Engine,
  container: StoredContainer,
  request: RestoreRequest,
): { networks: readonly NetworkAttachment[]; fresh: StoredContainer } {
  const fresh = forgetStatic(engine, container, request)
  const isAnew = request.isRenamed === true
  return { fresh, networks: isAnew ? attachmentsOf(fresh) : networksAsBefore(engine, fresh, request) }
}

function forgetStatic(engine: Engine, container: StoredContainer, request: RestoreRequest): StoredContainer {
  const attachments = attachmentsOf(container)
  if (!(request.ignoresAddresses || request.ignoresMacs) || attachments.length === 0) return container
  const record = { ...container.record, networks: withoutStatic(attachments, request) }
  saveRecord(engine, record)
  return { ...container, record }
}

interface LaunchWishes extends RestoreRequest {
  readonly networks: readonly NetworkAttachment[]
}

async function launchRestored(engine: Engine, container: StoredContainer, wishes: LaunchWishes): Promise<void> {
  const { networks, keepsConnections, keepsFileLocks } = wishes
  const folder = paths.criu(engine.at, container.id)
  const flags = [...(keepsConnections ? ['--tcp-established'] : []), ...(keepsFileLocks ? ['--file-locks'] : [])]
  const restoring = { imagePath: join(folder, checkpointFiles.images), workPath: folder, flags, networks }
  try {
    await launch(engine, container, { container, isAttached: false, mode: 'run', restoring })
  } catch (error) {
    throw await explained(error, container, folder)
  }
}

/** The runtime only says that criu failed. */
async function explained(error: unknown, { name }: StoredContainer, folder: string): Promise<unknown> {
  if (!(error instanceof EngineError) || !error.code.startsWith('oci-') || !error.message.includes('criu')) return error
  const logPath = join(folder, checkpointFiles.restoreLog)
  return criuError({ verb: 'restore', name, cause: error, logPath })
}
