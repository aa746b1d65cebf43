// containers.conf(5) [engine]: how often a registry is asked again, and how layers are compressed on their way out.

import { parseGoDuration } from '../../base/duration.ts'
import type { TomlTable } from '../../base/toml.ts'
import type { Settings } from '../settings.ts'
import { confNumber, confText } from './conf-value.ts'

/** @throws invalid `conf-invalid`, `duration-malformed` */
export function registrySettings(engine: TomlTable): Pick<Settings, 'registryRetry' | 'compression'> {
  const retries = confNumber(engine, 'retry')
  const delay = confText(engine, 'retry_delay')
  const format = confText(engine, 'compression_format')
  const level = confNumber(engine, 'compression_level')
  return {
    registryRetry: {
      ...(retries === undefined ? {} : { retries }),
      ...(delay === undefined ? {} : { delayMs: parseGoDuration(delay) / 1e6 }),
    },
    compression: { ...(format === undefined ? {} : { format }), ...(level === undefined ? {} : { level }) },
  }
}
