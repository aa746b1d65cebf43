// What is mounted for an ordinary user is seen only where `unshare` leads: to mount elsewhere would print a path that is empty.

import { EngineError } from '../base/errors.ts'

/** `command`: its words. @throws unsupported `unshare-needed` */
export function refuseOutsideOfMounts(command: readonly string[]): void {
  if (process.env['_GANTRY_ROOTLESS_UID'] === undefined || process.env['_GANTRY_UNSHARED'] !== undefined) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'unshare-needed',
    message: `cannot run command "gantry ${command.join(' ')}" in rootless mode, must execute \`gantry unshare\` first`,
  })
}
