// What a clone of a pod has instead of, or beside, its original's: in the infra container, and in the members that have it from there.

import { defined } from '../../base/defined.ts'
import type { CompleteSpec, ContainerSpec } from '../../spec/container-spec.ts'
import type { DeviceFacet } from '../../spec/devices.ts'
import type { Limits } from '../../spec/limits.ts'
import type { Mount } from '../../spec/mounts.ts'
import type { NamespaceFacet } from '../../spec/namespaces.ts'
import type { RestartPolicy } from '../../spec/restart.ts'
import type { SecurityFacet } from '../../spec/security.ts'
import { inheritedSecurity, newMapInPod } from './create-in-pod.ts'

export interface PodChanges {
  /** Instead of the original's of the same names. */
  readonly limits: Limits
  /** Beside the original's. */
  readonly labels: Readonly<Record<string, string>>
  readonly hostname?: string
  readonly restart?: RestartPolicy
  readonly groupParent?: string
  readonly infra: InfraChanges
}

/** Lists are beside the original's, whose mounts at the same places give way. */
export interface InfraChanges {
  readonly name?: string
  readonly entrypoint?: readonly string[]
  readonly pidFiles?: NonNullable<ContainerSpec['pidFiles']>
  /** `user` is that of the members, too. */
  readonly namespaces: Pick<NamespaceFacet, 'pid' | 'user' | 'uts'>
  readonly mounts: readonly Mount[]
  readonly volumesFrom: readonly string[]
  readonly shmBytes?: number
  readonly systemdTmpfsBytes?: number
  readonly devices: DeviceFacet
  /** Its own word is the stronger one. */
  readonly security?: SecurityFacet
  readonly sysctls: Readonly<Record<string, string>>
}

type NamelessSpec = Omit<CompleteSpec, 'name'>

export function changedInfra(spec: NamelessSpec, changes: InfraChanges): ContainerSpec {
  const { name, entrypoint, pidFiles, shmBytes, systemdTmpfsBytes } = changes
  const kept = spec.mounts.mounts.filter((mount) => !isAmong(mount, changes.mounts))
  return {
    ...spec,
    process: { ...infraProcess(spec, changes), ...(entrypoint === undefined ? {} : { entrypoint, command: [] }) },
    namespaces: { ...spec.namespaces, ...changes.namespaces },
    mounts: {
      ...spec.mounts,
      mounts: [...kept, ...changes.mounts],
      volumesFrom: [...(spec.mounts.volumesFrom ?? []), ...changes.volumesFrom],
      ...defined({ shmBytes, systemdTmpfsBytes }),
    },
    devices: withDevices(spec.devices, changes.devices),
    resources: { ...spec.resources, sysctls: { ...spec.resources.sysctls, ...changes.sysctls } },
    ...(changes.security === undefined ? {} : { security: inheritedSecurity(changes.security, spec.security) }),
    ...defined({ name, pidFiles }),
  }
}

/** As whom it runs follows from the user namespace. */
function infraProcess({ process }: NamelessSpec, { namespaces }: InfraChanges): NamelessSpec['process'] {
  if (namespaces.user === undefined) return process
  const { user: _user, ...others } = process
  return others
}

export interface Infras {
  readonly from: CompleteSpec
  readonly to: CompleteSpec
  readonly toId: string
  /** Of the member's image. */
  readonly imageUser: string
}

/** A member keeps what it has not from the infra container. @throws invalid `pod-member-invalid` */
export function changedMember(member: CompleteSpec, changes: InfraChanges, infras: Infras): CompleteSpec {
  const { from, to } = infras
  const spec = changes.namespaces.user === undefined ? member : inUserNamespace(member, infras)
  const isInherited = (mount: Mount) => from.mounts.mounts.some((one) => JSON.stringify(one) === JSON.stringify(mount))
  const own = spec.mounts.mounts.filter((mount) => !isInherited(mount))
  const inherited = to.mounts.mounts.filter((mount) => !isAmong(mount, own))
  const isChanged = changes.mounts.length > 0 || changes.volumesFrom.length > 0
  return {
    ...spec,
    mounts: isChanged ? { ...spec.mounts, mounts: [...inherited, ...own] } : spec.mounts,
    devices: withDevices(spec.devices, changes.devices),
    security: memberSecurity(spec.security, from.security, changes.security),
  }
}

/** Whom it runs as is its own business, unless nobody but its image, or the original's keep-id, has said so. */
function inUserNamespace(spec: CompleteSpec, { from, to, toId, imageUser }: Infras): CompleteSpec {
  const { user: mode } = spec.namespaces
  const isHosts = to.namespaces.user.kind === 'host'
  const isOwn = mode.kind !== 'host' && !(mode.kind === 'container' && mode.id === toId)
  if (isOwn && !isHosts) throw newMapInPod()
  const shared = isHosts ? ({ kind: 'host' } as const) : ({ kind: 'container', id: toId } as const)
  return {
    ...spec,
    process: withUser(spec.process, { old: keptUser(from), next: keptUser(to) ?? imageUser, imageUser }),
    namespaces: { ...spec.namespaces, user: isOwn ? mode : shared },
  }
}

/** Of keep-id: in whose name all of its pod run. */
function keptUser({ namespaces, process }: CompleteSpec): string | undefined {
  return namespaces.user.kind === 'keep-id' ? process.user : undefined
}

function withUser(
  { user, ...others }: CompleteSpec['process'],
  { old, next, imageUser }: { readonly old: string | undefined; readonly next: string; readonly imageUser: string },
): CompleteSpec['process'] {
  const isUnsaid = user === undefined || user === imageUser || user === old
  return { ...others, ...defined({ user: isUnsaid ? next || undefined : user }) }
}

function isAmong({ destination }: Mount, mounts: readonly Mount[]): boolean {
  return mounts.some((other) => other.destination === destination)
}

function withDevices(own: DeviceFacet, more: DeviceFacet): DeviceFacet {
  const cdi = [...(own.cdi ?? []), ...(more.cdi ?? [])]
  return { ...own, devices: [...own.devices, ...more.devices], ...(cdi.length === 0 ? {} : { cdi }) }
}

function memberSecurity(
  own: CompleteSpec['security'],
  pods: SecurityFacet,
  changes: SecurityFacet | undefined,
): CompleteSpec['security'] {
  if (changes === undefined) return own
  const { seccomp, apparmor, ...rest } = own
  const unsaid: SecurityFacet = {
    ...rest,
    labels: String(own.labels) === String(pods.labels) ? [] : own.labels,
    ...(seccomp === undefined || seccomp === pods.seccomp ? {} : { seccomp }),
    ...(apparmor === undefined || apparmor === pods.apparmor ? {} : { apparmor }),
  }
  const changed = inheritedSecurity(unsaid, inheritedSecurity(changes, pods))
  return { ...own, ...changed, mask: [...new Set(changed.mask)], unmask: [...new Set(changed.unmask)] }
}
