// A criu that is killed leaves what it had mounted beside its log.

import { readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { mountsBelow } from '../../os/mounts.ts'
import { paths } from '../../state/layout.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import type { Engine } from '../engine.ts'

/** The folder of its checkpoint is there. Idempotent. The container's lock is held, and no criu is at work. */
export function takeDownCriu({ at }: Engine, id: string): void {
  const folder = paths.criu(at, id)
  for (const path of mountsBelow(folder)) unmountIfMounted(path)
  for (const name of readdirSync(folder)) if (name.startsWith('.criu.')) rmdirSync(join(folder, name))
}
