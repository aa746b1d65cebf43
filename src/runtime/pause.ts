// Freezing a container's control group.

import { setTimeout as delay } from 'node:timers/promises'
import { errorMessage } from '../base/errors.ts'
import { callRuntimeOrThrow, type OciRuntime } from './oci-runtime.ts'

/** runc gives up after some hundred milliseconds, and leaves nothing frozen; on a busy machine processes may need longer to come to a halt. */
const mostAttempts = 10
const pauseMs = 100

/** Not idempotent: runtimes refuse to pause what is paused. */
export async function pauseByRuntime(runtime: OciRuntime, id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await callRuntimeOrThrow(runtime, ['pause', id])
      return
    } catch (error) {
      if (attempt === mostAttempts || !errorMessage(error).includes('unable to freeze')) throw error
      await delay(pauseMs)
    }
  }
}
