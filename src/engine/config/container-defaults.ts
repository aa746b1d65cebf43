// containers.conf(5), [containers] and the few keys of [engine] that are defaults of containers.

import { existsSync } from 'node:fs'
import { parseBinarySize } from '../../base/size.ts'
import type { TomlTable } from '../../base/toml.ts'
import { ownService } from '../../os/own-service.ts'
import { type LogDriver, logDrivers } from '../../spec/log.ts'
import type { NamespaceFacet } from '../../spec/namespaces.ts'
import { parseUserNamespace } from '../../spec/user-namespace.ts'
import type { ContainerDefaults } from '../settings.ts'
import { confBoolean, confChoice, confNumber, confTable, confText, confTexts } from './conf-value.ts'

/** podman's own list, for a containers.conf that names none. */
const defaultCapabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
]
const defaultLogBytes = 10 * 1024 * 1024
const pullPolicies = ['always', 'missing', 'never', 'newer'] as const

/** @throws invalid `conf-invalid`, `userns-invalid` */
export function containerDefaults(conf: TomlTable): ContainerDefaults {
  const containers = confTable(conf, 'containers')
  const engine = confTable(conf, 'engine')
  return {
    pullPolicy: confChoice(engine, 'pull_policy', { of: pullPolicies, fallback: 'missing' }),
    detachKeys: confText(engine, 'detach_keys') ?? 'ctrl-p,ctrl-q',
    stopTimeoutSeconds: confNumber(engine, 'stop_timeout') ?? 10,
    ...logDefaults(containers),
    ...limitDefaults(containers),
    capabilities: (confTexts(containers, 'default_capabilities') ?? defaultCapabilities).map((name) =>
      withPrefix(name),
    ),
    environment: confTexts(containers, 'env') ?? [],
    hasInit: confBoolean(containers, 'init') ?? false,
    initPath: confText(containers, 'init_path'),
    isRootReadOnly: confBoolean(containers, 'read_only') ?? false,
    seccompProfile: confText(containers, 'seccomp_profile'),
    timeZone: confText(containers, 'tz'),
    umask: confText(containers, 'umask') ?? '0022',
    volumes: confTexts(containers, 'volumes') ?? [],
    mounts: confTexts(containers, 'mounts') ?? [],
    userNamespace: parseUserNamespace(confText(containers, 'userns') ?? 'host'),
    namespaces: namespaceDefaults(containers),
    annotations: textPairs(containers, 'annotations'),
    ...callerDefaults(containers),
  }
}

function callerDefaults(
  containers: TomlTable,
): Pick<ContainerDefaults, 'isPrivileged' | 'isEnvironmentPassed' | 'areProxiesPassed'> {
  return {
    isPrivileged: confBoolean(containers, 'privileged') ?? false,
    isEnvironmentPassed: confBoolean(containers, 'env_host') ?? false,
    areProxiesPassed: confBoolean(containers, 'http_proxy') ?? true,
  }
}

function logDefaults(containers: TomlTable): Pick<ContainerDefaults, 'logDriver' | 'logMaxBytes' | 'logTag'> {
  const maxBytes = confNumber(containers, 'log_size_max')
  return {
    logDriver: confChoice(containers, 'log_driver', { of: logDrivers, fallback: usualLogDriver() }),
    logMaxBytes: maxBytes === undefined ? defaultLogBytes : Math.max(0, maxBytes),
    logTag: confText(containers, 'log_tag'),
  }
}

/** What a service says, `journalctl -u` is to show. */
function usualLogDriver(): LogDriver {
  return ownService() !== undefined && existsSync('/run/systemd/journal/socket') ? 'journald' : 'k8s-file'
}

function limitDefaults(
  containers: TomlTable,
): Pick<ContainerDefaults, 'pidsLimit' | 'shmBytes' | 'sysctls' | 'ulimits' | 'oomScoreAdj'> {
  return {
    pidsLimit: confNumber(containers, 'pids_limit') ?? 2048,
    shmBytes: parseBinarySize(confText(containers, 'shm_size') ?? '65536k'),
    sysctls: textPairs(containers, 'default_sysctls', ['net.ipv4.ping_group_range=0 0']),
    ulimits: confTexts(containers, 'default_ulimits') ?? [],
    oomScoreAdj: confNumber(containers, 'oom_score_adj'),
  }
}

/** What is not said stays with the engine, which knows the host. */
function namespaceDefaults(containers: TomlTable): NamespaceFacet {
  const text = (key: string, modes: readonly string[]) =>
    containers[key] === undefined ? '' : confChoice(containers, key, { of: ['', ...modes], fallback: '' })
  const modes = {
    pid: text('pidns', ['private', 'host']),
    ipc: text('ipcns', ['private', 'shareable', 'none', 'host']),
    uts: text('utsns', ['private', 'host']),
    cgroup: text('cgroupns', ['private', 'host']),
  }
  return Object.fromEntries(Object.entries(modes).flatMap(([type, kind]) => (kind === '' ? [] : [[type, { kind }]])))
}

function textPairs(containers: TomlTable, key: string, fallback: readonly string[] = []): Record<string, string> {
  const texts = confTexts(containers, key) ?? fallback
  return Object.fromEntries(texts.map((text) => [text.split('=', 1)[0] as string, text.slice(text.indexOf('=') + 1)]))
}

function withPrefix(capability: string): string {
  const name = capability.toUpperCase()
  return name.startsWith('CAP_') ? name : `CAP_${name}`
}
