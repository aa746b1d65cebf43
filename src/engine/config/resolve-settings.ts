// Flags, environment and configuration files → Settings. In that order of strength; nothing here touches the state directory.

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { parseBinarySize } from '../../base/size.ts'
import type { TomlTable } from '../../base/toml.ts'
import { isUserNamespace } from '../../os/user-namespace.ts'
import type { DriverName } from '../../storage/driver.ts'
import type { Settings } from '../settings.ts'
import { confBoolean, confChoice, confNumber, confTable, confText, confTexts } from './conf-value.ts'
import {
  mountsConfFile,
  policyFile,
  readContainersConf,
  readStorageConf,
  registriesConfFiles,
  type Surroundings,
  signaturePlaces,
  storageConfFile,
} from './configuration-files.ts'
import { containerDefaults } from './container-defaults.ts'
import { findRuntime } from './find-runtime.ts'
import { networkConfig } from './network-config.ts'
import { ownHome } from './own-home.ts'
import { registrySettings } from './registry-settings.ts'
import { secretSettings } from './secret-settings.ts'
import { type StateFolders, stateFolders } from './state-folders.ts'
import { unpackLimits } from './unpack-limits.ts'
import { volumeSettings } from './volume-settings.ts'

/** What a front door knows; undefined is "not said". */
export interface SettingsInput {
  readonly root?: string | undefined
  readonly runroot?: string | undefined
  readonly runtime?: string | undefined
  readonly runtimeFlags: readonly string[]
  readonly cgroupManager?: string | undefined
  readonly hookFolders: readonly string[]
  readonly eventsBackend?: string | undefined
  readonly storageDriver?: string | undefined
  readonly storageOptions: readonly string[]
  readonly lockTimeoutMs?: number | undefined
  readonly modules: readonly string[]
  readonly volumeFolder?: string | undefined
  readonly authFolder?: string | undefined
  readonly registriesConf?: string | undefined
  readonly mountsConf?: string | undefined
  /** As typed, in `--name=value` form: those that the exit command repeats. */
  readonly globalFlags: readonly string[]
}

const defaultLockTimeoutMs = 10 * 60_000

/** @throws invalid or unsupported for a configured value that cannot be honoured; not-found `runtime-unknown` */
export async function resolveSettings(input: SettingsInput, env: NodeJS.ProcessEnv = process.env): Promise<Settings> {
  const at = surroundings(env)
  const [containers, storage] = await Promise.all([readContainersConf(at, input.modules), readStorageConf(at)])
  const engine = confTable(containers, 'engine')
  const folders = stateFolders(at, input, storage)
  return {
    ...folders,
    runtime: { ...findRuntime(containers, input.runtime, env['PATH'] ?? ''), flags: input.runtimeFlags },
    cgroupManager: cgroupManager(at, input, engine),
    cdiFolders: confTexts(engine, 'cdi_spec_dirs') ?? ['/etc/cdi', '/var/run/cdi'],
    hookFolders: hookFolders(at, input, engine),
    storageDriver: storageDriver(at, input, storage),
    storageOptions: [...configuredOptions(storage), ...storageOptions(at, input)],
    storageConf: storageConfFile(at),
    isRootless: at.isRootless || isUserNamespace(),
    eventsBackend: (input.eventsBackend as Settings['eventsBackend']) ?? eventsBackend(engine),
    eventsTellInspectData: confBoolean(engine, 'events_container_create_inspect_data') ?? false,
    areHealthEventsKept: confBoolean(engine, 'healthcheck_events') ?? true,
    eventsFile: eventsFile(engine),
    temporaryFolder: env['TMPDIR'] || '/var/tmp',
    lockTimeoutMs: input.lockTimeoutMs ?? defaultLockTimeoutMs,
    globalFlags: repeatedFlags(folders, input),
    authFile:
      input.authFolder === undefined ? env['REGISTRY_AUTH_FILE'] || undefined : join(input.authFolder, 'config.json'),
    registriesConf: registriesConfFiles(at, input.registriesConf),
    policyPath: policyFile(at),
    signaturePlaces: signaturePlaces(at),
    mountsConf: mountsConfFile(at, input.mountsConf),
    volumeFolder: input.volumeFolder,
    ...volumeSettings(engine),
    ...registrySettings(engine),
    ...secretSettings(at, containers),
    unpackLimits: unpackLimits(env['GANTRY_UNPACK_LIMITS']),
    podExitPolicy: confChoice(engine, 'pod_exit_policy', { of: ['continue', 'stop'], fallback: 'continue' }),
    infraImage: confText(engine, 'infra_image'),
    kubeGenerateType: confText(engine, 'kube_generate_type'),
    network: networkConfig(containers),
    containerDefaults: containerDefaults(containers),
  }
}

/**
 * The launcher sets _GANTRY_ROOTLESS_UID when it has entered the user's namespace, where the user id is 0. Root of another user namespace
 * (in a container, say) has root's places, though not root's powers.
 * @throws denied `home-foreign`, invalid `home-invalid` of an ordinary user
 */
export function surroundings(env: NodeJS.ProcessEnv): Surroundings {
  const isRootless = process.getuid?.() !== 0 || (env['_GANTRY_ROOTLESS_UID'] !== undefined && isUserNamespace())
  return { isRootless, home: isRootless ? ownHome(env) : env['HOME'] || homedir(), env }
}

function cgroupManager(at: Surroundings, input: SettingsInput, engine: TomlTable): Settings['cgroupManager'] {
  if (input.cgroupManager === 'cgroupfs' || input.cgroupManager === 'systemd') return input.cgroupManager
  return confChoice(engine, 'cgroup_manager', {
    of: ['cgroupfs', 'systemd'],
    fallback: isSystemdUsable(at) ? 'systemd' : 'cgroupfs',
  })
}

/** An ordinary user's systemd makes scopes on cgroup v2 only, and only where its bus answers. */
function isSystemdUsable(at: Surroundings): boolean {
  if (!existsSync('/run/systemd/system')) return false
  // The folder alone may have been made by others; a runtime speaks to systemd by this socket, or by the bus.
  if (!at.isRootless) return ['/run/systemd/private', '/run/dbus/system_bus_socket'].some((path) => existsSync(path))
  return (
    existsSync('/sys/fs/cgroup/cgroup.controllers') &&
    existsSync(join(at.env['XDG_RUNTIME_DIR'] ?? '/nonexistent', 'bus'))
  )
}

/** Nobody but root has hooks unless asked. */
function hookFolders(at: Surroundings, input: SettingsInput, engine: TomlTable): readonly string[] {
  if (input.hookFolders.length > 0) return input.hookFolders
  const usual = at.isRootless ? [] : ['/usr/share/containers/oci/hooks.d', '/etc/containers/oci/hooks.d']
  return confTexts(engine, 'hooks_dir') ?? usual
}

function eventsBackend(engine: TomlTable): Settings['eventsBackend'] {
  return confChoice(engine, 'events_logger', { of: ['file', 'journald', 'none'], fallback: 'file' })
}

const defaultEventsBytes = 1_000_000

function eventsFile(engine: TomlTable): Settings['eventsFile'] {
  const size = engine['events_logfile_max_size']
  const maxBytes =
    typeof size === 'string' && size !== '' ? parseBinarySize(size) : confNumber(engine, 'events_logfile_max_size')
  return { path: confText(engine, 'events_logfile_path'), maxBytes: Math.max(0, maxBytes ?? defaultEventsBytes) }
}

const drivers: readonly DriverName[] = ['overlay', 'fuse-overlayfs', 'vfs']

/** A driver of podman's that we have not got is an error when asked for, and no more than a hint when storage.conf names it. */
function storageDriver(at: Surroundings, input: SettingsInput, conf: TomlTable): DriverName | undefined {
  const asked = input.storageDriver ?? at.env['STORAGE_DRIVER']
  if (asked) {
    const known = drivers.find((name) => name === asked || (asked === 'overlay2' && name === 'overlay'))
    if (known !== undefined) return known
    throw new EngineError({
      kind: 'unsupported',
      code: 'storage-driver-unknown',
      message: `storage driver ${JSON.stringify(asked)} is not supported`,
      hint: `Choose from: ${drivers.join(', ')}`,
    })
  }
  const configured = confText(confTable(conf, 'storage'), 'driver')
  return configured === 'vfs' || configured === 'fuse-overlayfs' ? configured : undefined
}

function storageOptions(at: Surroundings, input: SettingsInput): readonly string[] {
  if (input.storageOptions.length > 0) return input.storageOptions
  return (at.env['STORAGE_OPTS'] ?? '').split(',').filter((option) => option !== '')
}

function configuredOptions(conf: TomlTable): string[] {
  const overlay = confTable(conf, 'storage.options.overlay')
  return ['mount_program', 'mountopt'].flatMap((key) => {
    const value = confText(overlay, key)
    return value === undefined ? [] : [`overlay.${key}=${value}`]
  })
}

function repeatedFlags({ root, run }: StateFolders, input: SettingsInput): string[] {
  const others = input.globalFlags.filter((flag) => !/^--(root|runroot)=/.test(flag))
  return [`--root=${root}`, `--runroot=${run}`, ...others]
}
