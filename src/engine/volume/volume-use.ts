// Which containers use which volumes: read from the containers' specs, for nobody keeps a count. A container that is being made holds the locks of
// its volumes until it is published.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { type VolumeMount, volumeMounts } from '../../spec/mounts.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { readRecord } from '../../state/record.ts'
import { containerIds } from '../container/find-container.ts'

export interface VolumeUse {
  /** Full ids of containers, each once. */
  readonly ids: readonly string[]
  /** To each of them. */
  readonly isAnonymous: boolean
}

/** By volume. Lock-free. */
export function volumeUses(at: Layout): Map<string, VolumeUse> {
  const uses = new Map<string, VolumeUse>()
  for (const id of containerIds(at)) {
    for (const { name, isAnonymous } of mountsIn(at, id)) {
      const { ids, isAnonymous: wasAnonymous } = uses.get(name) ?? { ids: [], isAnonymous: true }
      uses.set(name, { ids: ids.includes(id) ? ids : [...ids, id], isAnonymous: wasAnonymous && isAnonymous })
    }
  }
  return uses
}

/** Full ids. The volume's lock is held, or the answer is of this instant only. */
export function volumeUsers(at: Layout, name: string): readonly string[] {
  return volumeUses(at).get(name)?.ids ?? []
}

/** A damaged spec says nothing: check-containers.ts names it. */
function mountsIn(at: Layout, id: string): VolumeMount[] {
  try {
    const stored = readRecord<StoredSpec>(join(paths.container(at, id), containerFiles.root.spec))
    return stored === undefined ? [] : volumeMounts(stored.spec.mounts)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return []
    throw error
  }
}
