// --systemd: what systemd wants to find as a container's first process (its CONTAINER_INTERFACE document): tmpfs where it writes, control
// groups of its own, and its own signal to stop.

import type { CompleteSpec } from './container-spec.ts'
import type { OciFacts } from './facts.ts'
import type { OciMount } from './oci-config.ts'
import type { ProcessFacet } from './process.ts'

/** `true`: where the command is systemd, or an init by its usual path. */
export const systemdModes = ['true', 'false', 'always'] as const
export type SystemdMode = (typeof systemdModes)[number]

/** SIGRTMIN+3: systemd halts. */
export const systemdStopSignal = 37

const named = '/sys/fs/cgroup/systemd'

/** `process`: with the image's command where the user gave none. */
export function isSystemdMode({ systemd = 'true', command = [] }: Pick<ProcessFacet, 'systemd' | 'command'>): boolean {
  if (systemd !== 'true') return systemd === 'always'
  const isShell = command.length > 2 && command[0] === '/bin/sh' && command[1] === '-c'
  const program = command[isShell ? 2 : 0] ?? ''
  return /^\/(usr\/(local\/)?)?sbin\/init$/.test(program) || program.split('/').at(-1) === 'systemd'
}

export function systemdMounts({ process, mounts }: CompleteSpec, facts: OciFacts): OciMount[] {
  if (process.isSystemd !== true) return []
  const size = mounts.systemdTmpfsBytes === undefined ? [] : [`size=${mounts.systemdTmpfsBytes}`]
  const options = ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup', ...size]
  const scratch = ['/run', '/run/lock', '/tmp', '/var/log/journal'].map((destination) => {
    return { destination, type: 'tmpfs', source: 'tmpfs', options }
  })
  if (facts.isUnifiedCgroup || !facts.hasNamedCgroup) return scratch
  const group = ['bind', 'rprivate', 'nosuid', 'nodev', 'noexec']
  return [...scratch, { destination: named, type: 'bind', source: named, options: group }]
}

/** Whoever writes there has a program of his run on the host (CVE-2022-0492). */
export function systemdMasks({ process }: Pick<CompleteSpec, 'process'>, facts: OciFacts): string[] {
  return process.isSystemd === true && !facts.isUnifiedCgroup ? [`${named}/release_agent`] : []
}
