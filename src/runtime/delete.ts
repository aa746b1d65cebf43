// Taking down what the OCI runtime keeps of a container: its state folder, its control group, its poststop hooks.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { killCgroup } from '../os/cgroup.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths } from '../state/layout.ts'
import { callRuntime, type OciRuntime } from './oci-runtime.ts'
import { isContainerUnknown, runtimeError } from './runtime-error.ts'

/** Kills what still runs and forgets the container. Idempotent. */
export async function deleteByRuntime(at: Layout, runtime: OciRuntime, id: string): Promise<void> {
  if (!isKnownToRuntime(at, runtime, id)) return
  const outcome = await callRuntime(runtime, ['delete', '--force', id])
  if (outcome.exitCode !== 0 && !isContainerUnknown(outcome.stderr)) throw runtimeError(runtime.name, outcome.stderr)
}

/**
 * What `runc delete` does after an end that was seen, without the 30 ms that starting runc takes: kills what may be left in the control group
 * and removes it and runc's state folder. Only with runc, cgroupfs and no poststop hooks. Idempotent.
 */
export async function forgetEnded(
  at: Layout,
  runtime: OciRuntime,
  ended: { id: string; group: string },
): Promise<void> {
  if (!isKnownToRuntime(at, runtime, ended.id)) return
  await killCgroup(ended.group)
  removeTree(join(paths.runtimeState(at, runtime.name), ended.id))
}

/** runc, crun and youki all keep `<root>/<id>/`; without it there is nothing to delete, and no process to start for it. */
function isKnownToRuntime(at: Layout, runtime: OciRuntime, id: string): boolean {
  const root = paths.runtimeState(at, runtime.name)
  return existsSync(dirname(root)) && existsSync(join(root, id))
}
