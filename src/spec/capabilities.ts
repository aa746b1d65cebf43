// Capabilities by name: what may be added and dropped, and which sets the first process gets.

import { invalid } from '../base/errors.ts'
import type { CompleteSpec } from './container-spec.ts'
import type { OciFacts } from './facts.ts'
import type { OciCapabilities } from './oci-config.ts'

/** In the kernel's numbering. */
export const knownCapabilities: readonly string[] = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
)
  .split(' ')
  .map((name) => `CAP_${name}`)

/** `net_raw` → `CAP_NET_RAW`; `all` → `ALL`. @throws invalid `capability-unknown` */
export function normalizeCapability(text: string): string {
  const upper = text.toUpperCase()
  if (upper === 'ALL') return upper
  const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`
  if (knownCapabilities.includes(name)) return name
  throw invalid('capability-unknown', `"${name}": unknown capability`)
}

export interface CapabilityChanges {
  readonly add: readonly string[]
  readonly drop: readonly string[]
}

/** @throws invalid `capability-conflict` when one is both added and dropped */
export function checkCapabilityChanges({ add, drop }: CapabilityChanges): void {
  const both = add.find((name) => drop.includes(name))
  if (both !== undefined) throw invalid('capability-conflict', `capability "${both}" cannot be dropped and added`)
}

/** `base` with the changes; normalized names. ALL in `drop` leaves what is added, ALL in `add` everything but what is dropped. */
export function mergeCapabilities(base: readonly string[], { add, drop }: CapabilityChanges): string[] {
  if (drop.includes('ALL')) return add.includes('ALL') ? [...knownCapabilities] : sortCapabilities(add)
  const start = add.includes('ALL') ? knownCapabilities : [...base, ...add]
  return sortCapabilities(start.filter((name) => !drop.includes(name)))
}

/** Root gets its capabilities by the bounding set; anybody else has only what was added, and keeps it over execve(2). */
export function ociCapabilities(spec: CompleteSpec, facts: Pick<OciFacts, 'boundingCapabilities'>): OciCapabilities {
  const available = (names: readonly string[]) => names.filter((name) => facts.boundingCapabilities.includes(name))
  const { isPrivileged, capabilities, capAdd } = spec.security
  const bounding = isPrivileged ? facts.boundingCapabilities : available(capabilities)
  if (isRootAsked(spec)) return { bounding, effective: bounding, permitted: bounding, inheritable: [], ambient: [] }
  const own = available(mergeCapabilities([], { add: capAdd, drop: [] }))
  return { bounding, effective: own, permitted: own, inheritable: own, ambient: own }
}

/** As the user was named, not as it resolves: `--user 0` of keep-id is root too, and an image's `USER nobody` is not. */
function isRootAsked({ process, namespaces }: CompleteSpec): boolean {
  const name = process.user?.split(':', 1)[0] ?? ''
  return (name === '' && namespaces.user.kind !== 'keep-id') || name === 'root' || name === '0'
}

function sortCapabilities(names: readonly string[]): string[] {
  return [...new Set(names)].sort((a, b) => knownCapabilities.indexOf(a) - knownCapabilities.indexOf(b))
}
