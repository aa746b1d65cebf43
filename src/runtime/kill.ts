// Signals by way of the OCI runtime: for all processes of a container, and where no monitor can be asked.

import { callRuntime, type OciRuntime } from './oci-runtime.ts'
import { isContainerStopped, isContainerUnknown, runtimeError } from './runtime-error.ts'

/** Signals the first process, or every process of the container. False when there is nothing to signal any more. */
export async function killByRuntime(
  runtime: OciRuntime,
  id: string,
  options: { signal: number; isForAll: boolean },
): Promise<boolean> {
  const all = options.isForAll ? ['--all'] : []
  const outcome = await callRuntime(runtime, ['kill', ...all, id, String(options.signal)])
  if (outcome.exitCode === 0) return true
  if (isContainerStopped(outcome.stderr) || isContainerUnknown(outcome.stderr)) return false
  throw runtimeError(runtime.name, outcome.stderr)
}
