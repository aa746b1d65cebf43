// gantry system migrate: after /etc/subuid or /etc/subgid changed. Named as podman's, which stops its pause process too.

import { EngineError } from '../../../base/errors.ts'
import { stopPauseProcess } from '../../../os/user-namespace.ts'
import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [],
  examples: ['gantry system migrate'],
  description:
    "Ends the process that holds rootless containers' user namespace, so that the next command makes it anew with the ids that /etc/subuid and /etc/subgid then give. Takes effect once no container runs",
  run: async () => {
    if (process.env['_GANTRY_ROOTLESS_UID'] === undefined) throw nothingToMigrate()
    await stopPauseProcess(process.env['XDG_RUNTIME_DIR'] ?? '')
    return 0
  },
})

function nothingToMigrate(): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'migrate-as-root',
    message: 'there is no user namespace to make anew: this is root',
  })
}
