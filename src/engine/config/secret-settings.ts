// Where secrets go (containers.conf(5) [secrets]), and where the key lies that seals ours.

import { join } from 'node:path'
import type { TomlTable } from '../../base/toml.ts'
import type { Settings } from '../settings.ts'
import { confTable, confText } from './conf-value.ts'
import type { Surroundings } from './configuration-files.ts'

/** @throws invalid `conf-invalid` */
export function secretSettings(
  { isRootless, home, env }: Surroundings,
  conf: TomlTable,
): Pick<Settings, 'secretKeyFile' | 'secretDriver'> {
  const secrets = confTable(conf, 'secrets')
  const options = confTable(secrets, 'opts')
  const folder = isRootless ? join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'gantry') : '/etc/gantry'
  return {
    secretKeyFile: env['GANTRY_SECRET_KEY'] || join(folder, 'secret.key'),
    secretDriver: {
      name: confText(secrets, 'driver') ?? 'file',
      options: Object.fromEntries(Object.keys(options).map((name) => [name, confText(options, name) ?? ''])),
    },
  }
}
