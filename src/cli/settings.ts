// The user's own settings, ~/.config/gantry/config.json: global flags by their long name, as if each was typed first.
// Loaded only when the file exists.

import Conf from 'conf'
import { errorMessage, invalid } from '../base/errors.ts'
import type { OptionSpec } from './command.ts'
import { persistentOptions } from './global-options.ts'
import type { Occurrence } from './pflag.ts'
import { userConfigurationFolder } from './user-configuration.ts'

/** @throws invalid `user-settings-invalid` */
export function readUserSettings(): Occurrence[] {
  const cwd = userConfigurationFolder()
  const schema = Object.fromEntries(Object.entries(persistentOptions).map(([name, option]) => [name, schemaOf(option)]))
  try {
    const conf = new Conf<Record<string, unknown>>({
      cwd,
      configName: 'config',
      schema,
      rootSchema: { additionalProperties: false },
      accessPropertiesByDotNotation: false,
    })
    return Object.entries(conf.store).flatMap(([name, value]) =>
      [value].flat().map((one) => ({ name, value: String(one) })),
    )
  } catch (error) {
    throw invalid(
      'user-settings-invalid',
      `'${cwd}/config.json': ${errorMessage(error)}`,
      'Its keys are global flags: see gantry --help',
    )
  }
}

function schemaOf(
  option: OptionSpec,
): { type: 'array'; items: { type: 'string' } } | { type: 'string' | 'boolean' | 'number' } {
  return option.type === 'strings' ? { type: 'array', items: { type: 'string' } } : { type: option.type }
}
