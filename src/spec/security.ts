// Privileges beside capabilities: seccomp, AppArmor, masked and read-only paths of the kernel's file systems.

import type { CompleteSpec } from './container-spec.ts'
import type { OciFacts } from './facts.ts'
import { matchesGlob } from './glob.ts'
import type { OciSeccomp } from './oci-config.ts'
import { resolveSeccomp } from './seccomp.ts'
import { systemdMasks } from './systemd-mode.ts'

export interface SecurityFacet {
  readonly isPrivileged: boolean
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly noNewPrivileges: boolean
  /** `unconfined`, a profile's path, or undefined for the default profile. */
  readonly seccomp?: string
  /** --seccomp-policy image: the profile that the image brings along, whatever `seccomp` says. */
  readonly isSeccompOfImage?: boolean
  readonly apparmor?: string
  readonly labels: readonly string[]
  /** Extra paths to mask; `unmask` paths (or ALL) are left visible. */
  readonly mask: readonly string[]
  readonly unmask: readonly string[]
  /** Mount options of /proc instead of the default ones. */
  readonly procOptions?: readonly string[]
}

/** Of who asked for nothing. */
export const plainSecurity: SecurityFacet = {
  isPrivileged: false,
  capAdd: [],
  capDrop: [],
  noNewPrivileges: false,
  labels: [],
  mask: [],
  unmask: [],
}

export interface CompleteSecurity extends SecurityFacet {
  /** The bounding set, unless privileged. */
  readonly capabilities: readonly string[]
  /** The text of that profile. */
  readonly imageSeccomp?: string
}

/** The image's label with its profile. */
export const seccompLabel = 'io.containers.seccomp.profile'

/** podman's since 5.5, and so docker's: what would leak or change the host's kernel. */
const maskedPaths = [
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/fs/selinux',
]
const readonlyPaths = ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

export interface KernelPaths {
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
}

export function ociKernelPaths(spec: CompleteSpec, facts: OciFacts): KernelPaths {
  const { security } = spec
  const usual = [...maskedPaths, ...facts.thermalPaths]
  const own = [...security.mask.filter((path) => path.startsWith('/')), ...systemdMasks(spec, facts)]
  if (security.isPrivileged) return { maskedPaths: own, readonlyPaths: [] }
  const isHidden = (path: string) => !isUnmasked(path, security.unmask)
  return { maskedPaths: [...usual.filter(isHidden), ...own], readonlyPaths: readonlyPaths.filter(isHidden) }
}

/** Whether unmask=ALL, or a colon-separated list of globs in it, names `path`. */
export function isUnmasked(path: string, unmask: readonly string[]): boolean {
  return unmask.some(
    (entry) => entry.toLowerCase() === 'all' || entry.split(':').some((glob) => matchesGlob(glob, path)),
  )
}

/** Undefined for an unconfined container. */
export function ociSeccomp(
  { security }: CompleteSpec,
  facts: OciFacts,
  bounding: readonly string[],
): OciSeccomp | undefined {
  const isImages = security.imageSeccomp !== undefined
  if (security.seccomp === 'unconfined' && !isImages) return undefined
  if (security.isPrivileged && security.seccomp === undefined && !isImages) return undefined
  return facts.seccomp === undefined ? undefined : resolveSeccomp(facts.seccomp, { ...facts, capabilities: bounding })
}

/** Undefined where the kernel has no AppArmor or nothing was asked for. */
export function ociApparmor({ security }: CompleteSpec, facts: OciFacts): string | undefined {
  return facts.hasApparmor ? security.apparmor : undefined
}
