// containers.conf(5) [engine]: plugins of volumes, and what becomes of the volumes that an image names.

import type { TomlTable } from '../../base/toml.ts'
import type { Settings } from '../settings.ts'
import { confChoice, confNumber, confTable, confText } from './conf-value.ts'

const defaultTimeoutSeconds = 5

/** @throws invalid `conf-invalid` */
export function volumeSettings(
  engine: TomlTable,
): Pick<Settings, 'volumePlugins' | 'volumePluginTimeoutSeconds' | 'imageVolumes'> {
  const plugins = confTable(engine, 'volume_plugins')
  const names = Object.keys(plugins).sort()
  return {
    volumePlugins: Object.fromEntries(names.map((name) => [name, confText(plugins, name) ?? ''])),
    volumePluginTimeoutSeconds: confNumber(engine, 'volume_plugin_timeout') ?? defaultTimeoutSeconds,
    imageVolumes: confChoice(engine, 'image_volume_mode', {
      of: ['anonymous', 'tmpfs', 'ignore'],
      fallback: 'anonymous',
    }),
  }
}
