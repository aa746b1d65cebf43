// Which containers use which image and which layers: read from their spec.json, never stored twice.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { readRecord } from '../../state/record.ts'

export interface ContainerUse {
  readonly containerId: string
  readonly imageId: string | undefined
  readonly layers: readonly Digest[]
}

/** Lock-free. @throws corrupt when a spec cannot be read: what it uses is unknown, so nothing may be collected */
export function containerUses(at: Layout): ContainerUse[] {
  const ids = absentAsUndefined(() => readdirSync(paths.containers(at))) ?? []
  return ids.flatMap((id) => {
    const stored = readRecord<StoredSpec>(join(paths.container(at, id), containerFiles.root.spec))
    return stored === undefined ? [] : [{ containerId: stored.id, imageId: stored.image?.id, layers: stored.layers }]
  })
}

/** The same for listings, where one damaged container must not hide the images. */
export function readableContainerUses(at: Layout): ContainerUse[] {
  try {
    return containerUses(at)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return []
    throw error
  }
}
