// The ids that user namespaces of containers are made from, in the terms of spec/user-namespace.ts.

import type { UserNamespaceSituation } from '../../spec/user-namespace.ts'
import { hostUser, idCount } from './host-user.ts'

export function userSituation(isRootless: boolean): UserNamespaceSituation {
  const { uid, gid } = hostUser()
  return { isRootless, hostUid: uid, hostGid: gid, uidCount: idCount('uid'), gidCount: idCount('gid') }
}
