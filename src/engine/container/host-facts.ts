// Facts about this host that no container changes: limits, capabilities, kernel, architecture.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostname, release } from 'node:os'
import { join } from 'node:path'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import { native } from '../../os/native.ts'
import { knownCapabilities } from '../../spec/capabilities.ts'
import { defaultSeccompProfile } from '../../spec/default-seccomp.ts'
import type { OciFacts, RlimitPair } from '../../spec/facts.ts'
import { parseSeccompProfile, type SeccompProfile } from '../../spec/seccomp.ts'
import { idCount } from './host-user.ts'

type HostFacts = Pick<
  OciFacts,
  | 'limits'
  | 'canRaiseLimits'
  | 'oomScoreAdj'
  | 'gidCount'
  | 'hasMqueue'
  | 'hasNamedCgroup'
  | 'boundingCapabilities'
  | 'hasApparmor'
  | 'architecture'
  | 'kernelVersion'
  | 'hasX32'
  | 'thermalPaths'
>

export function hostFacts(isRootless: boolean): HostFacts {
  const status = readFileSync('/proc/self/status', 'utf8')
  const effective = capabilityMask(status, 'CapEff')
  return {
    limits: ownLimits(),
    canRaiseLimits: !isRootless && hasCapability(effective, 'CAP_SYS_RESOURCE'),
    oomScoreAdj: Number(absentAsUndefined(() => readFileSync('/proc/self/oom_score_adj', 'utf8')) ?? 0),
    gidCount: idCount('gid'),
    hasMqueue: existsSync('/dev/mqueue'),
    hasNamedCgroup: existsSync('/sys/fs/cgroup/systemd'),
    boundingCapabilities: boundingOf(status),
    hasApparmor: isApparmorOn(),
    architecture: goArchitectures[process.arch] ?? process.arch,
    kernelVersion: kernelVersion(release()),
    hasX32: mayHaveX32(status),
    thermalPaths: thermalPaths(),
  }
}

const processors = '/sys/devices/system/cpu'

/** The first processor has it, or none. */
function thermalPaths(): string[] {
  const pathOf = (name: string) => join(processors, name, 'thermal_throttle')
  if (!existsSync(pathOf('cpu0'))) return []
  return readdirSync(processors)
    .filter((name) => /^cpu\d+$/.test(name))
    .map(pathOf)
    .filter((path) => existsSync(path))
}

/** The kernel is asked by a call, which a filter that we run under may punish: then it is not asked. */
function mayHaveX32(status: string): boolean {
  return !/^Seccomp:\t0$/m.test(status) || native().hasX32()
}

/** What a privileged process may have: all that we could give away ourselves. */
export function grantableCapabilities(): string[] {
  return boundingOf(readFileSync('/proc/self/status', 'utf8'))
}

function boundingOf(status: string): string[] {
  const mask = capabilityMask(status, 'CapBnd')
  return knownCapabilities.filter((name) => hasCapability(mask, name))
}

export function hostName(): string {
  return hostname()
}

/** Searched in this order where no profile is named. */
const profilePaths = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json']

/** The profile at `path`, else the host's default one, else ours. @throws invalid `seccomp-invalid`, `seccomp-missing` */
export function readSeccompProfile(path: string | undefined): SeccompProfile {
  if (path !== undefined) return readNamedProfile(path)
  for (const candidate of profilePaths) {
    const text = absentAsUndefined(() => readFileSync(candidate, 'utf8'))
    if (text !== undefined) return parseSeccompProfile(text, candidate)
  }
  return defaultSeccompProfile()
}

function readNamedProfile(path: string): SeccompProfile {
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  if (text !== undefined) return parseSeccompProfile(text, path)
  const message = `opening seccomp profile failed: open ${path}: no such file or directory`
  throw invalid('seccomp-missing', message, 'Name a file that exists, or unconfined for no profile at all.')
}

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' }

/** asm-generic/resource.h. */
const resources: Readonly<Record<string, number>> = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
  rttime: 15,
}
const infinity = 2n ** 64n - 1n

function ownLimits(): Record<string, RlimitPair> {
  return Object.fromEntries(
    Object.entries(resources).map(([name, resource]) => {
      const { soft, hard } = native().getrlimit(resource)
      return [name, { soft: limitNumber(soft), hard: limitNumber(hard) }]
    }),
  )
}

function limitNumber(value: bigint): number {
  return value >= infinity || value < 0n ? Number.POSITIVE_INFINITY : Number(value)
}

function capabilityMask(status: string, field: string): bigint {
  return BigInt(`0x${new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`)
}

function hasCapability(mask: bigint, name: string): boolean {
  return ((mask >> BigInt(knownCapabilities.indexOf(name))) & 1n) === 1n
}

function isApparmorOn(): boolean {
  return (
    existsSync('/sys/kernel/security/apparmor') &&
    absentAsUndefined(() => readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8'))?.startsWith('Y') === true
  )
}

function kernelVersion(text: string): readonly [number, number] {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(text) ?? []
  return [Number(major), Number(minor)]
}
