// One container as verbs see it: its spec, its record and what is true of it at this instant. A snapshot: whoever acts on it
// takes the container's lock and reads again.

import type { ContainerId } from '../../base/ids.ts'
import { type LiveState, liveState } from '../../runtime/live-state.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { updatedSpec } from '../../spec/update.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { readRecord } from '../../state/record.ts'

/** What names a container to a verb; the verb reads the rest under the lock. */
export interface ContainerRef {
  readonly id: string
  readonly name: string
}

export interface StoredContainer {
  readonly id: ContainerId
  readonly name: string
  readonly record: ContainerRecord
  /** With what `update` changed. */
  readonly stored: StoredSpec
  readonly live: LiveState
}

/** Reads container `id` (a full id) without a lock; undefined when it is gone or half removed. */
export function readStoredContainer(at: Layout, id: string): StoredContainer | undefined {
  const folder = paths.container(at, id)
  const record = readRecord<ContainerRecord>(`${folder}/${containerFiles.root.state}`)
  const created = readRecord<StoredSpec>(`${folder}/${containerFiles.root.spec}`)
  if (record === undefined || created === undefined) return undefined
  const stored = record.update === undefined ? created : { ...created, spec: updatedSpec(created.spec, record.update) }
  return { id: record.id, name: record.name, record, stored, live: liveState(at, record) }
}
