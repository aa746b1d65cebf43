// What a user typed → one pod: full name, full id, a prefix of an id that only one pod has. Reads only, takes no lock.

import { EngineError, invalid } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { objectName } from '../../base/object-name.ts'
import { claimOwner } from '../../state/claim.ts'
import type { Layout } from '../../state/layout.ts'
import { type PodRecord, podIds, readPod } from './pod-record.ts'

/** Undefined where there is none. @throws invalid `pod-ambiguous` */
export function findPod(at: Layout, text: string): PodRecord | undefined {
  const owner = objectName.test(text) && text.length <= 255 ? claimOwner(at, 'pod', text) : undefined
  const named = owner === undefined ? undefined : readPod(at, owner)
  if (named !== undefined) return named
  if (isFullId(text)) return readPod(at, text)
  if (!/^[0-9a-f]{1,63}$/.test(text)) return undefined
  const ids = podIds(at).filter((id) => id.startsWith(text))
  if (ids.length > 1) {
    throw invalid(
      'pod-ambiguous',
      `more than one result for ID or name ${text}: pod already exists`,
      'Type more of the id.',
    )
  }
  return ids[0] === undefined ? undefined : readPod(at, ids[0])
}

/** @throws not-found `pod-unknown`; as findPod */
export function selectPod(at: Layout, text: string): PodRecord {
  const pod = findPod(at, text)
  if (pod === undefined) throw podGone(text)
  return pod
}

export function podGone(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'pod-unknown',
    message: `no pod with name or ID ${name} found: no such pod`,
  })
}

export function isPodGone(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'pod-unknown'
}
