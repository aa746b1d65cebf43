// Dumping the processes of a container into files.

import { join } from 'node:path'
import { checkpointFiles } from '../state/layout.ts'
import { criuError } from './criu.ts'
import { callRuntime, type OciRuntime } from './oci-runtime.ts'
import { runtimeError } from './runtime-error.ts'

export interface DumpRequest {
  readonly id: string
  readonly name: string
  /** Holds the images, and beside them criu's log and statistics. */
  readonly folder: string
  /** Memory alone, the processes go on. */
  readonly isAhead: boolean
  /** What was dumped ahead is not dumped again. */
  readonly hasPrevious: boolean
  readonly isLeftRunning: boolean
  readonly keepsConnections: boolean
  readonly keepsFileLocks: boolean
}

/** When it resolves, the images are written (not synced) and the processes gone, but for those left running. @throws `criu-checkpoint-failed`: they run on */
export async function checkpointByRuntime(runtime: OciRuntime, request: DumpRequest): Promise<void> {
  const { folder } = request
  const images = join(folder, request.isAhead ? checkpointFiles.previous : checkpointFiles.images)
  const words = [
    ...['checkpoint', '--image-path', images, '--work-path', folder],
    ...(request.isLeftRunning && !request.isAhead ? ['--leave-running'] : []),
    ...(request.keepsConnections ? ['--tcp-established'] : []),
    ...(request.keepsFileLocks ? ['--file-locks'] : []),
    ...(request.isAhead ? ['--pre-dump'] : []),
    // From the images' own folder.
    ...(request.hasPrevious ? ['--parent-path', `../${checkpointFiles.previous}`] : []),
    request.id,
  ]
  const { exitCode, stderr } = await callRuntime(runtime, words)
  if (exitCode === 0) return
  const logPath = join(folder, checkpointFiles.dumpLog)
  throw await criuError({ verb: 'checkpoint', name: request.name, cause: runtimeError(runtime.name, stderr), logPath })
}
