// Thawing a container's control group.

import { callRuntimeOrThrow, type OciRuntime } from './oci-runtime.ts'

export async function resumeByRuntime(runtime: OciRuntime, id: string): Promise<void> {
  await callRuntimeOrThrow(runtime, ['resume', id])
}
