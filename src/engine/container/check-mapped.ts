// Whether the user that a container runs as exists in its user namespace: the runtime's word for the contrary is "invalid argument".

import { type EngineError, invalid } from '../../base/errors.ts'
import type { IdMappings, ResolvedUser } from '../../spec/facts.ts'
import type { IdMapping } from '../../spec/oci-config.ts'
import type { UserNamespaceMode } from '../../spec/user-namespace.ts'
import { idCount } from './host-user.ts'

/** `mappings`: as far as they are known; of a namespace that is joined by its path they are not. @throws invalid `user-unmapped` */
export function checkMapped(mode: UserNamespaceMode, user: ResolvedUser, mappings: IdMappings | undefined): void {
  if (mappings === undefined && (mode.kind === 'path' || mode.kind === 'container')) return
  if (!isIn(user.uid, mappings?.uids ?? ours('uid'))) throw unmapped('user', user.uid, '/etc/subuid')
  if (!isIn(user.gid, mappings?.gids ?? ours('gid'))) throw unmapped('group', user.gid, '/etc/subgid')
}

function ours(kind: 'uid' | 'gid'): readonly IdMapping[] {
  return [{ containerID: 0, hostID: 0, size: idCount(kind) }]
}

function isIn(id: number, ranges: readonly IdMapping[]): boolean {
  return ranges.some(({ containerID, size }) => containerID <= id && id < containerID + size)
}

function unmapped(what: string, id: number, file: string): EngineError {
  const hint = `Give your user a larger range in ${file}, then: gantry system migrate`
  return invalid('user-unmapped', `the container's user namespace has no ${what} ${id}`, hint)
}
