// Freezing a container's control group, and thawing it.

import { setTimeout as delay } from 'node:timers/promises'
import { callRuntime, type OciRuntime } from './oci-runtime.ts'
import { isContainerStopped, isContainerUnknown, runtimeError } from './runtime-error.ts'

/** runc gives up after some hundred milliseconds, and leaves nothing frozen; on a busy machine processes may need longer to come to a halt. */
const mostAttempts = 10
const pauseMs = 100

/** False when there is nothing to freeze any more. Not idempotent: runtimes refuse to pause what is paused. @throws `oci-runtime-failed` */
export async function pauseByRuntime(runtime: OciRuntime, id: string): Promise<boolean> {
  for (let attempt = 1; attempt < mostAttempts; attempt++) {
    const { exitCode, stderr } = await callRuntime(runtime, ['pause', id])
    if (exitCode === 0 || !stderr.includes('unable to freeze')) return hasDone(runtime, { exitCode, stderr })
    await delay(pauseMs)
  }
  return hasDone(runtime, await callRuntime(runtime, ['pause', id]))
}

/** False when there is nothing to thaw (any more). @throws `oci-runtime-failed` */
export async function resumeByRuntime(runtime: OciRuntime, id: string): Promise<boolean> {
  const outcome = await callRuntime(runtime, ['resume', id])
  // runc's words for what has ended, too.
  return outcome.stderr.includes('not paused') ? false : hasDone(runtime, outcome)
}

function hasDone({ name }: OciRuntime, { exitCode, stderr }: { exitCode: number; stderr: string }): boolean {
  if (exitCode === 0) return true
  if (isContainerStopped(stderr) || isContainerUnknown(stderr)) return false
  throw runtimeError(name, stderr)
}
