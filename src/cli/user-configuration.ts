// Where the user's own settings of Gantry lie. Asked at each start, so it only looks: settings.ts reads.

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export function userConfigurationFolder(): string {
  return join(process.env['XDG_CONFIG_HOME'] ?? join(process.env['HOME'] ?? homedir(), '.config'), 'gantry')
}

export function isUserConfigured(): boolean {
  return existsSync(join(userConfigurationFolder(), 'config.json'))
}
