// Letting a created container's program run.

import { callRuntimeOrThrow, type OciRuntime } from './oci-runtime.ts'

/** @throws `oci-not-found`, `oci-permission-denied`: some runtimes look for the program only now */
export async function startCreated(runtime: OciRuntime, id: string): Promise<void> {
  await callRuntimeOrThrow(runtime, ['start', id])
}
