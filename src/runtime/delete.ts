// Taking down what the OCI runtime keeps of a container: its state folder, its control group, its poststop hooks.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Layout, paths } from '../state/layout.ts'
import { callRuntime, type OciRuntime } from './oci-runtime.ts'
import { isContainerUnknown, runtimeError } from './runtime-error.ts'

/** Kills what still runs and forgets the container. Idempotent. */
export async function deleteByRuntime(at: Layout, runtime: OciRuntime, id: string): Promise<void> {
  if (!isKnownToRuntime(at, runtime, id)) return
  const outcome = await callRuntime(runtime, ['delete', '--force', id])
  if (outcome.exitCode !== 0 && !isContainerUnknown(outcome.stderr)) throw runtimeError(runtime.name, outcome.stderr)
}

/** runc, crun and youki all keep `<root>/<id>/`; without it there is nothing to delete, and no process to start for it. */
function isKnownToRuntime(at: Layout, runtime: OciRuntime, id: string): boolean {
  const root = paths.runtimeState(at, runtime.name)
  return existsSync(dirname(root)) && existsSync(join(root, id))
}
