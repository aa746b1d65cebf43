// Changing the limits of what runs.

import { runProcess } from '../os/exec.ts'
import type { OciResources } from '../spec/oci-config.ts'
import type { OciRuntime } from './oci-runtime.ts'
import { runtimeError } from './runtime-error.ts'

/** Some may be set when it throws. @throws what runtimeError makes of a failure */
export async function updateByRuntime(runtime: OciRuntime, id: string, resources: OciResources): Promise<void> {
  const words = [...runtime.globalArguments, 'update', '--resources', '-', id]
  const outcome = await runProcess(runtime.path, words, { input: JSON.stringify(resources) })
  if (outcome.exitCode !== 0) throw runtimeError(runtime.name, outcome.stderr)
}
