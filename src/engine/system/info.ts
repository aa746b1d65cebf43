// The host, the store and what this installation can do, with podman's keys. Reads only; mounts nothing.

import { availableParallelism, hostname, release } from 'node:os'
import { join } from 'node:path'
import { findHelper } from '../../network/find-helper.ts'
import { cgroupControllers, isUnifiedCgroup } from '../../os/cgroup.ts'
import { gantryCommand, libexecFolder } from '../../os/installation.ts'
import { logDrivers } from '../../spec/log.ts'
import { readRegistriesConf } from '../../transport/registry/registries-conf.ts'
import type { Engine } from '../engine.ts'
import { cpuShares, distribution, idRanges, kernelSecurity, memoryFacts, uptimeText } from './host-facts.ts'
import { type ProgramFacts, programFacts } from './program-facts.ts'
import { storeFacts } from './store-facts.ts'

/** `version` is this program's. */
export async function info(engine: Engine, version: string) {
  const [host, store, registries] = await Promise.all([
    hostInfo(engine, version),
    storeFacts(engine),
    registriesInfo(engine),
  ])
  const volumePlugins = Object.keys(engine.settings.volumePlugins)
  return {
    host,
    store,
    registries,
    plugins: {
      volume: ['local', ...volumePlugins.filter((name) => name !== 'local')],
      network: [],
      log: logDrivers,
      authorization: null,
    },
  }
}

async function hostInfo(engine: Engine, version: string) {
  const { settings } = engine
  const [runtime, pasta, slirp, dns] = await Promise.all([
    programFacts(settings.runtime.path),
    programFacts(findHelper(settings.network, 'pasta')),
    programFacts(findHelper(settings.network, 'slirp4netns')),
    programFacts(findHelper(settings.network, 'aardvark-dns')),
  ])
  return {
    ...machineInfo(),
    ...memoryFacts(),
    buildahVersion: version,
    cgroupManager: settings.cgroupManager,
    cgroupVersion: isUnifiedCgroup() ? 'v2' : 'v1',
    cgroupControllers: cgroupControllers(),
    conmon: {
      package: 'gantry (its monitor, in the place of conmon)',
      path: join(libexecFolder, 'monitor'),
      version: `gantry monitor ${version}`,
    },
    databaseBackend: 'none',
    eventLogger: settings.eventsBackend,
    idMappings: settings.isRootless
      ? { gidmap: idRanges('gid'), uidmap: idRanges('uid') }
      : { gidmap: null, uidmap: null },
    logDriver: settings.containerDefaults.logDriver,
    networkBackend: 'netavark',
    networkBackendInfo: {
      backend: 'netavark',
      version: `gantry ${version}`,
      package: 'gantry (in the place of netavark)',
      path: gantryCommand,
      dns,
    },
    ociRuntime: { name: settings.runtime.name, ...runtime },
    remoteSocket: { exists: false },
    rootlessNetworkCmd: settings.network.rootlessCommand,
    serviceIsRemote: false,
    security: securityInfo(engine),
    slirp4netns: executable(slirp),
    pasta: executable(pasta),
  }
}

function executable(program: ProgramFacts) {
  return { executable: program.path, package: program.package, version: program.version }
}

function machineInfo() {
  const { arch, variant } = architecture()
  return {
    arch,
    cpus: availableParallelism(),
    cpuUtilization: cpuShares(),
    distribution: distribution(),
    hostname: hostname(),
    kernel: release(),
    linkmode: 'dynamic',
    os: 'linux',
    uptime: uptimeText(),
    variant,
  }
}

function architecture(): { arch: string; variant: string } {
  if (process.arch === 'x64') return { arch: 'amd64', variant: '' }
  return { arch: process.arch, variant: process.arch === 'arm64' ? 'v8' : '' }
}

function securityInfo({ settings }: Engine) {
  const { apparmorEnabled, seccompEnabled, selinuxEnabled } = kernelSecurity()
  return {
    apparmorEnabled,
    capabilities: settings.containerDefaults.capabilities.join(','),
    rootless: settings.isRootless,
    seccompEnabled,
    seccompProfilePath: settings.containerDefaults.seccompProfile ?? 'default',
    selinuxEnabled,
  }
}

/** By prefix, with the names of registries.conf(5)'s fields in podman's report. */
async function registriesInfo({ settings }: Engine): Promise<Record<string, unknown>> {
  const { registries, searchRegistries } = await readRegistriesConf(settings.registriesConf)
  const entries = registries.map((registry) => [
    registry.prefix,
    {
      Prefix: registry.prefix,
      Location: registry.location,
      Insecure: registry.isInsecure,
      Blocked: registry.isBlocked,
      MirrorByDigestOnly: registry.areMirrorsForDigestsOnly,
      Mirrors: registry.mirrors.map(({ location, isInsecure, pulls }) => ({
        Location: location,
        Insecure: isInsecure,
        PullFromMirror: pulls === 'all' ? '' : pulls,
      })),
    },
  ])
  return {
    ...Object.fromEntries(entries),
    ...(searchRegistries.length === 0 ? {} : { search: searchRegistries }),
  }
}
