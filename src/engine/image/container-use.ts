// Which containers use which image and which layers: read from their spec.json, never stored twice.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { imageMounts } from '../../spec/mounts.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { readRecord } from '../../state/record.ts'

export interface ContainerUse {
  readonly containerId: string
  readonly imageId: string | undefined
  readonly layers: readonly Digest[]
}

/**
 * Of containers, and of those being made whose spec is written. Lock-free.
 * @throws corrupt when a spec cannot be read: what it uses is unknown, so nothing may be collected
 */
export function containerUses(at: Layout): ContainerUse[] {
  const uses = [...folders(at)].flatMap((folder) => {
    const stored = storedIn(at, folder)
    return stored === undefined ? [] : [{ containerId: stored.id, imageId: stored.image?.id, layers: layersOf(stored) }]
  })
  return [...new Map(uses.map((use) => [use.containerId, use])).values()]
}

/** Listed twice: one that gets its name meanwhile may appear under neither in a single listing. */
function folders(at: Layout): Set<string> {
  const list = () => absentAsUndefined(() => readdirSync(paths.containers(at))) ?? []
  return new Set([...list(), ...list()])
}

/** A cradle that is gone by now may have become its container. */
function storedIn(at: Layout, folder: string): StoredSpec | undefined {
  const read = (name: string) => readRecord<StoredSpec>(join(paths.container(at, name), containerFiles.root.spec))
  return read(folder) ?? (folder.includes('.') ? read(folder.slice(0, folder.indexOf('.'))) : undefined)
}

/** Its own, and those of images that are mounted into it. */
function layersOf({ spec, layers }: StoredSpec): Digest[] {
  return [...layers, ...imageMounts(spec.mounts).flatMap(({ found }) => found?.layers ?? [])]
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
