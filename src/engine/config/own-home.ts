// Whose HOME it is: su and sudo may leave an ordinary user with somebody else's, whose files would then be looked for in vain.

import { accessSync, constants } from 'node:fs'
import { isAbsolute } from 'node:path'
import { EngineError, errnoOf, invalid } from '../../base/errors.ts'

/** An ordinary user's home folder; it need not exist. @throws denied `home-foreign`; invalid `home-invalid` */
export function ownHome(env: NodeJS.ProcessEnv): string {
  const home = env['HOME']
  if (!home) throw invalid('home-invalid', 'HOME is not set, and this user has no entry in /etc/passwd', hint)
  if (!isAbsolute(home)) throw invalid('home-invalid', `HOME is '${home}', which is not an absolute path`, hint)
  try {
    accessSync(home, constants.X_OK)
  } catch (error) {
    if (errnoOf(error) === 'EACCES') throw foreign(home, error)
  }
  return home
}

const hint = 'Set HOME to a folder of your own.'

function foreign(home: string, cause: unknown): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'home-foreign',
    message: `HOME is '${home}', which this user may not enter`,
    hint: 'Log in as this user (su - USER, sudo -i -u USER), or set HOME to a folder of your own.',
    cause,
  })
}
