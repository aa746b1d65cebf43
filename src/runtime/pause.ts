// Freezing a container's control group, and thawing it.

import { setTimeout as delay } from 'node:timers/promises'
import { callRuntime, type OciRuntime, type RuntimeOutcome } from './oci-runtime.ts'
import { isContainerStopped, isContainerUnknown, runtimeError } from './runtime-error.ts'

/** runc gives up after some hundred milliseconds, and leaves nothing frozen; on a busy machine processes may need longer to come to a halt. */
const mostAttempts = 10
const pauseMs = 100

/** False when there is nothing to freeze any more. Not idempotent: runtimes refuse to pause what is paused. @throws `oci-runtime-failed` */
export async function pauseByRuntime(runtime: OciRuntime, id: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await callRuntime(runtime, ['pause', id])
    if (attempt === mostAttempts || !outcome.stderr.includes('unable to freeze')) return hasDone(runtime, outcome)
    await delay(pauseMs)
  }
}

/** False when there is nothing to thaw (any more). @throws `oci-runtime-failed` */
export async function resumeByRuntime(runtime: OciRuntime, id: string): Promise<boolean> {
  const outcome = await callRuntime(runtime, ['resume', id])
  // runc's words for what has ended, too.
  return outcome.stderr.includes('not paused') ? false : hasDone(runtime, outcome)
}

function hasDone({ name }: OciRuntime, { exitCode, stderr }: RuntimeOutcome): boolean {
  if (exitCode === 0) return true
  if (isContainerStopped(stderr) || isContainerUnknown(stderr)) return false
  throw runtimeError(name, stderr)
}
