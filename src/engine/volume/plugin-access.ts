// The configured plugins in the form that volume/plugin.ts takes.

import type { PluginAccess } from '../../volume/plugin.ts'
import type { Engine } from '../engine.ts'

export function pluginAccess({ settings }: Pick<Engine, 'settings'>): PluginAccess {
  return { sockets: settings.volumePlugins, timeoutSeconds: settings.volumePluginTimeoutSeconds }
}
