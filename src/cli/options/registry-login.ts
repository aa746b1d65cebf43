// Who one is to a registry, in skopeo's flags.

import { invalid } from '../../base/errors.ts'
import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import { parseCredentials } from '../../transport/registry/credentials.ts'

/** Of one registry: the names that messages call them by are the flags'. */
export interface LoginFlags {
  readonly creds: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly isAnonymous: boolean
  readonly token: string | undefined
}

/** `whose`: nothing, or the registry that is meant: ` of the source`. */
export const loginOptions = (whose = '') =>
  ({
    anonymous: { type: 'boolean', describe: `Access the registry${whose} anonymously` },
    password: { type: 'string', describe: `Password for the registry${whose}`, complete: 'none' },
    token: { type: 'string', describe: `Bearer token for the registry${whose}`, complete: 'none' },
    username: { type: 'string', describe: `User name for the registry${whose}`, complete: 'none' },
  }) as const

/** An empty text is as good as none. @throws invalid `flags-conflict` */
export function toLogin(flags: LoginFlags): Pick<RegistryAccess, 'credentials' | 'isAnonymous' | 'token'> {
  const { creds, username, password, token } = flags
  checkConflicts(flags)
  if (flags.isAnonymous) return { isAnonymous: true }
  return {
    ...(token ? { token } : {}),
    ...(creds ? { credentials: parseCredentials(creds) } : {}),
    ...(username && password ? { credentials: { username, password } } : {}),
  }
}

function checkConflicts({ creds, username, password, isAnonymous }: LoginFlags): void {
  const conflict = (text: string) => invalid('flags-conflict', text)
  if (creds && isAnonymous) throw conflict('creds and no-creds cannot be specified at the same time')
  if (username && isAnonymous) throw conflict('username and no-creds cannot be specified at the same time')
  if (creds && username) throw conflict('creds and username cannot be specified at the same time')
  if (username && !password) throw conflict('password must be specified when username is specified')
  if (password && !username) throw conflict('username must be specified when password is specified')
}
