// Global flags → what they mean. One that Gantry cannot honour is refused here, by name and with the reason.

import { resolve } from 'node:path'
import { parseGoDuration } from '../base/duration.ts'
import { EngineError, invalid } from '../base/errors.ts'
import { type LogLevel, logLevels } from '../base/log.ts'
import type { SettingsInput } from '../engine/config/resolve-settings.ts'
import { localOptions, persistentOptions } from './global-options.ts'
import type { Occurrence } from './pflag.ts'
import { collect } from './yargs.ts'

export interface GlobalFlags {
  readonly logLevel: LogLevel
  /** --out, or /dev/null for --noout. */
  readonly outputFile: string | undefined
  readonly input: SettingsInput
}

/** @throws invalid or unsupported, naming the flag */
export function readGlobalFlags(occurrences: readonly Occurrence[]): GlobalFlags {
  refuse(occurrences)
  const flags = collect(occurrences, { ...persistentOptions, ...localOptions })
  if (flags.debug && occurrences.some(({ name }) => name === 'log-level')) {
    throw invalid('log-level-conflict', 'Setting --log-level and --debug is not allowed')
  }
  return {
    logLevel: flags.debug ? 'debug' : toLogLevel(flags['log-level']),
    outputFile: flags.noout ? '/dev/null' : flags.out,
    input: {
      root: flags.root,
      // podman keeps two such folders; what a reboot may lose is in one place here.
      runroot: flags.runroot ?? flags.tmpdir,
      runtime: flags.runtime,
      runtimeFlags: flags['runtime-flag'].map((flag) => (flag.startsWith('-') ? flag : `--${flag}`)),
      cgroupManager: flags['cgroup-manager'],
      hookFolders: flags['hooks-dir'].map((folder) => resolve(folder)),
      eventsBackend: flags['events-backend'],
      storageDriver: flags['storage-driver'],
      storageOptions: flags['storage-opt'],
      lockTimeoutMs: toMilliseconds(flags['lock-timeout']),
      modules: flags.module,
      volumeFolder: flags.volumepath,
      authFolder: flags.config,
      registriesConf: flags['registries-conf'],
      mountsConf: flags['default-mounts-file'],
      globalFlags: repeatable(occurrences),
    },
  }
}

/** Flags that decide which state is meant: the exit command repeats them to find it again. */
const repeated = new Set([
  'root',
  'runroot',
  'runtime',
  'runtime-flag',
  'cgroup-manager',
  'hooks-dir',
  'events-backend',
  'storage-driver',
  'storage-opt',
  'log-level',
  'module',
  'volumepath',
  'default-mounts-file',
])

function repeatable(occurrences: readonly Occurrence[]): string[] {
  const flags = occurrences.filter(({ name }) => repeated.has(name))
  return flags.map(({ name, value }) => `--${name}=${name === 'hooks-dir' ? resolve(value) : value}`)
}

const noService = 'Gantry works without a service, so there is none to connect to'
const refusals: Readonly<Record<string, string>> = {
  conmon: 'Gantry brings its own monitor',
  connection: noService,
  'cpu-profile': 'use NODE_OPTIONS=--cpu-prof',
  host: noService,
  identity: noService,
  imagestore: 'images and containers share one root',
  'memory-profile': 'use NODE_OPTIONS=--heap-prof',
  namespace: 'one state directory is one view: use --root',
  'network-cmd-path': 'helpers are found on PATH',
  remote: noService,
  ssh: noService,
  trace: 'use GANTRY_TRACE=exec,lock,http,state',
  'network-config-dir': 'networks are not made yet',
  syslog: 'log lines go to standard error',
  'transient-store': 'containers are always kept in --root',
  url: noService,
}

function refuse(occurrences: readonly Occurrence[]): void {
  for (const { name, value } of occurrences) {
    const reason = refusals[name]
    if (reason !== undefined && value !== 'false') throw refused(name, reason)
    if (name === 'network-backend' && value !== 'netavark')
      throw refused(`${name}=${value}`, 'networks are made by Gantry itself')
    if (name === 'pull-option') checkPullOption(value)
    if (name === 'context' && value !== 'default') throw refused(`${name}=${value}`, noService)
  }
}

/** Those of containers-storage.conf(5): what Gantry does anyway, and what it never does. */
function checkPullOption(text: string): void {
  const [key = '', value = ''] = text.split('=')
  const own = key === 'enable_partial_images' ? 'true' : 'false'
  const known = [
    'enable_partial_images',
    'convert_images',
    'use_hard_links',
    'insecure_allow_unpredictable_image_contents',
  ]
  if (known.includes(key) && value === own) return
  if (key === 'ostree_repos' && value === '') return
  const reason = known.includes(key) ? `it is always ${own}` : 'only containers-storage knows it'
  throw refused(`pull-option ${text}`, reason)
}

function refused(flag: string, reason: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'flag-refused',
    message: `--${flag} is not supported: ${reason}`,
  })
}

function toLogLevel(text: string): LogLevel {
  const level = text.toLowerCase() === 'warning' ? 'warn' : text.toLowerCase()
  const known = logLevels.find((name) => name === level)
  if (known !== undefined) return known
  const choices = 'trace, debug, info, warn, warning, error, fatal, panic'
  throw invalid('log-level-unknown', `Log Level ${JSON.stringify(text)} is not supported, choose from: ${choices}`)
}

/** A Go duration, or a number of seconds. */
function toMilliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseGoDuration(text) / 1e6
}
