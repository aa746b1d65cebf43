// Deleting what killed removals left in trash/.

import { mountsBelow } from '../../os/mounts.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { Layout } from '../../state/layout.ts'
import { abandonedGraves, reopenGrave } from '../../state/trash.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'

/** Answers the paths that are gone now. Idempotent; needs no free space. @throws conflict `tree-has-mount` */
export function sweepTrash(at: Layout): string[] {
  return abandonedGraves(at).filter((path) => {
    using grave = reopenGrave(path)
    if (grave === undefined) return false
    for (const mount of mountsBelow(path)) unmountIfMounted(mount)
    removeTree(path)
    return true
  })
}
