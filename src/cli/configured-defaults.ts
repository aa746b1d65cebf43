// What help says of flags whose default is containers.conf's.

import type { OptionSpec, OptionTable } from './command.ts'

/** Reads the configuration only if the command has such a flag. What cannot be read is not help's to complain of. */
export async function withConfiguredDefaults(options: OptionTable): Promise<OptionTable> {
  const { retry, 'retry-delay': delay } = options
  if (retry === undefined || delay === undefined) return options
  const { retries, delayMs } = await configuredRetry()
  const { formatGoDuration } = await import('../base/duration.ts')
  return {
    ...options,
    ...(retries === undefined ? {} : { retry: { ...retry, default: retries } as OptionSpec }),
    ...(delayMs === undefined ? {} : { 'retry-delay': delayed(delay, formatGoDuration(delayMs * 1e6)) }),
  }
}

async function configuredRetry() {
  const { readContainersConf } = await import('../engine/config/configuration-files.ts')
  const { surroundings } = await import('../engine/config/resolve-settings.ts')
  const { registrySettings } = await import('../engine/config/registry-settings.ts')
  const { confTable } = await import('../engine/config/conf-value.ts')
  try {
    const containers = await readContainersConf(surroundings(process.env), [])
    return registrySettings(confTable(containers, 'engine')).registryRetry
  } catch {
    return {}
  }
}

/** In place of the words about how it grows. */
function delayed(option: OptionSpec, text: string): OptionSpec {
  return { ...option, describe: option.describe.replace(/ \(default: .*\)$/, ''), default: text } as OptionSpec
}
