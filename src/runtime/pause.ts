// Freezing a container's control group.

import { callRuntimeOrThrow, type OciRuntime } from './oci-runtime.ts'

/** Not idempotent: runtimes refuse to pause what is paused. */
export async function pauseByRuntime(runtime: OciRuntime, id: string): Promise<void> {
  await callRuntimeOrThrow(runtime, ['pause', id])
}
