// What a container is, and what its host is → config.json. A pure composition of the facets.

import type { CompleteSpec } from './container-spec.ts'
import { ociDevices } from './devices.ts'
import type { OciFacts } from './facts.ts'
import { ociMounts } from './mounts.ts'
import { ociNamespaces } from './namespaces.ts'
import { canPublish } from './network.ts'
import type { IdMapping, OciConfig, OciLinux, OciMount } from './oci-config.ts'
import { ociProcess } from './process.ts'
import { ociResources } from './resources.ts'
import { ociKernelPaths, ociSeccomp } from './security.ts'
import type { StoredSpec } from './stored-spec.ts'

/** Of the runtime specification that config.json follows. */
export const ociVersion = '1.0.2'

export function toOci(stored: StoredSpec, facts: OciFacts): OciConfig {
  const { spec } = stored
  const process = ociProcess(spec, facts)
  const mounts = ociMounts(spec, facts)
  return {
    ociVersion,
    process,
    root: { path: facts.rootfs, readonly: spec.mounts.isRootReadOnly },
    ...(spec.namespaces.uts.kind === 'private' ? { hostname: facts.hostname } : {}),
    mounts,
    annotations: annotationsOf(stored),
    linux: linuxOf(stored, facts, { bounding: process.capabilities.bounding, mounts }),
  }
}

interface Derived {
  readonly bounding: readonly string[]
  readonly mounts: readonly OciMount[]
}

function linuxOf({ spec }: StoredSpec, facts: OciFacts, { bounding, mounts }: Derived): OciLinux {
  const { personality } = spec.process
  const { rdtClass } = spec.resources
  const seccomp = ociSeccomp(spec, facts, bounding)
  const propagation = rootPropagation(mounts)
  return {
    namespaces: ociNamespaces(spec, facts),
    ...mappingsOf(spec.namespaces.user.kind, facts),
    devices: ociDevices(facts),
    ...(facts.cgroupsPath === undefined ? {} : { cgroupsPath: facts.cgroupsPath }),
    resources: ociResources(spec, facts),
    sysctl: ociSysctls(spec, facts),
    ...(seccomp === undefined ? {} : { seccomp }),
    ...ociKernelPaths(spec, facts),
    ...(propagation === undefined ? {} : { rootfsPropagation: propagation }),
    ...(personality === undefined ? {} : { personality: { domain: personality } }),
    ...(rdtClass === undefined ? {} : { intelRdt: { closID: rdtClass } }),
  }
}

/** Inside of a user namespace those of a network that is not its own cannot be set: whoever made that has. */
function ociSysctls({ namespaces, resources }: CompleteSpec, facts: OciFacts): Readonly<Record<string, string>> {
  const isForeign = facts.mappings !== undefined && canPublish(namespaces.network)
  if (!isForeign) return resources.sysctls
  return Object.fromEntries(Object.entries(resources.sysctls).filter(([name]) => !name.startsWith('net.')))
}

/** runc wants some mapping even for a user namespace that is joined. */
function mappingsOf(
  kind: string,
  { mappings }: OciFacts,
): { uidMappings?: readonly IdMapping[]; gidMappings?: readonly IdMapping[] } {
  const dummy = [{ containerID: 0, hostID: 0, size: 1 }]
  if (mappings !== undefined) return { uidMappings: mappings.uids, gidMappings: mappings.gids }
  return kind === 'path' || kind === 'container' ? { uidMappings: dummy, gidMappings: dummy } : {}
}

/** A mount that is to pass mounts on can do so only below a root that does. */
function rootPropagation(mounts: readonly OciMount[]): string | undefined {
  const options = new Set(mounts.flatMap((mount) => (mount.type === 'bind' ? mount.options : [])))
  if (options.has('shared') || options.has('rshared')) return 'shared'
  return options.has('slave') || options.has('rslave') ? 'rslave' : undefined
}

function annotationsOf({ spec, cgroupManager }: StoredSpec): Readonly<Record<string, string>> {
  const { signal, timeoutSeconds } = spec.stop
  return {
    'org.opencontainers.image.stopSignal': String(signal),
    ...(spec.process.isKeepingGroups === true ? { 'run.oci.keep_original_groups': '1' } : {}),
    ...(cgroupManager === 'systemd'
      ? {
          'org.systemd.property.KillSignal': String(signal),
          'org.systemd.property.TimeoutStopUSec': `uint64 ${timeoutSeconds * 1_000_000}`,
        }
      : {}),
    ...spec.annotations,
  }
}
