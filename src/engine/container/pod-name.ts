// What the pod of a container is called. Not asked of engine/pod/, which `ps` need not load.

import { join } from 'node:path'
import { type Layout, paths, podFiles } from '../../state/layout.ts'
import { readRecord, type Versioned } from '../../state/record.ts'

interface NamedPod extends Versioned {
  readonly name: string
}

/** Empty where there is no pod. Lock-free. */
export function podNameOf(at: Layout, id: string | undefined): string {
  return id === undefined ? '' : (readRecord<NamedPod>(join(paths.pod(at, id), podFiles.record))?.name ?? '')
}
