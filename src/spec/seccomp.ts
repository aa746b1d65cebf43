// Seccomp profiles as podman's and docker's seccomp.json write them → what the OCI runtime takes: the conditions (capabilities,
// architecture, kernel) are decided here, for one container.

import { invalid } from '../base/errors.ts'
import type { OciSeccomp, OciSyscall, OciSyscallArg } from './oci-config.ts'

export interface SeccompProfile {
  readonly defaultAction: string
  readonly defaultErrnoRet?: number
  readonly defaultErrno?: string
  readonly architectures?: readonly string[]
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] }[]
  readonly syscalls: readonly SeccompRule[]
}

export interface SeccompRule {
  readonly names?: readonly string[]
  /** docker's old form. */
  readonly name?: string
  readonly action: string
  readonly errnoRet?: number
  readonly errno?: string
  readonly args?: readonly OciSyscallArg[] | null
  readonly includes?: SeccompCondition
  readonly excludes?: SeccompCondition
}

export interface SeccompCondition {
  readonly caps?: readonly string[] | null
  readonly arches?: readonly string[] | null
  /** `4.8` */
  readonly minKernel?: string
}

export interface SeccompSituation {
  readonly architecture: string
  readonly kernelVersion: readonly [number, number]
  readonly hasX32: boolean
  /** The bounding set. */
  readonly capabilities: readonly string[]
}

const nativeArchitectures: Readonly<Record<string, string>> = {
  amd64: 'SCMP_ARCH_X86_64',
  '386': 'SCMP_ARCH_X86',
  arm64: 'SCMP_ARCH_AARCH64',
  arm: 'SCMP_ARCH_ARM',
  ppc64le: 'SCMP_ARCH_PPC64LE',
  s390x: 'SCMP_ARCH_S390X',
  riscv64: 'SCMP_ARCH_RISCV64',
  loong64: 'SCMP_ARCH_LOONGARCH64',
}

/** @throws invalid `seccomp-invalid` */
export function parseSeccompProfile(text: string, path: string): SeccompProfile {
  try {
    const value: unknown = JSON.parse(text)
    if (isProfile(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalid('seccomp-invalid', `decoding seccomp profile failed: '${path}': ${error.message}`)
  }
  throw invalid('seccomp-invalid', `decoding seccomp profile failed: '${path}' is no seccomp profile`)
}

export function resolveSeccomp(profile: SeccompProfile, situation: SeccompSituation): OciSeccomp {
  const errno = errnoOf(profile.defaultErrnoRet, profile.defaultErrno)
  return {
    defaultAction: profile.defaultAction,
    ...(errno === undefined ? {} : { defaultErrnoRet: errno }),
    architectures: architecturesOf(profile, situation),
    syscalls: profile.syscalls.filter((rule) => applies(rule, situation)).map(ociRule),
  }
}

function isProfile(value: unknown): value is SeccompProfile {
  if (typeof value !== 'object' || value === null) return false
  const { defaultAction, syscalls } = value as Partial<SeccompProfile>
  return typeof defaultAction === 'string' && (syscalls === undefined || syscalls === null || Array.isArray(syscalls))
}

/**
 * The runtime compiles the rules once for each architecture, at each start and each exec (runc: 10 ms each). So x32, which few kernels
 * offer, is left out where it is not: nothing but ENOSYS is lost, since a call that no architecture knows kills.
 */
function architecturesOf(profile: SeccompProfile, { architecture, hasX32 }: SeccompSituation): string[] {
  if (profile.architectures !== undefined && profile.architectures.length > 0) return [...profile.architectures]
  const own = nativeArchitectures[architecture]
  const entry = profile.archMap?.find((candidate) => candidate.architecture === own)
  if (entry === undefined) return []
  const others = (entry.subArchitectures ?? []).filter((name) => hasX32 || name !== 'SCMP_ARCH_X32')
  return [entry.architecture, ...others]
}

/** All included capabilities are needed, one excluded is enough. */
function applies(rule: SeccompRule, situation: SeccompSituation): boolean {
  const has = (capability: string) => situation.capabilities.includes(capability)
  const { includes = {}, excludes = {} } = rule
  if (!listOf(includes.caps).every(has) || listOf(excludes.caps).some(has)) return false
  const arches = listOf(includes.arches)
  if (arches.length > 0 && !arches.includes(situation.architecture)) return false
  if (listOf(excludes.arches).includes(situation.architecture)) return false
  if (includes.minKernel !== undefined && !isKernelAtLeast(situation, includes.minKernel)) return false
  return excludes.minKernel === undefined || !isKernelAtLeast(situation, excludes.minKernel)
}

function ociRule(rule: SeccompRule): OciSyscall {
  const errno = errnoOf(rule.errnoRet, rule.errno)
  const args = listOf(rule.args)
  return {
    names: rule.names ?? (rule.name === undefined ? [] : [rule.name]),
    action: rule.action,
    // Only these two actions take a value; runtimes refuse it elsewhere.
    ...(errno !== undefined && /ACT_(ERRNO|TRACE)$/.test(rule.action) ? { errnoRet: errno } : {}),
    ...(args.length === 0 ? {} : { args }),
  }
}

/** The number is x86's and wrong elsewhere; where the name is known it decides. */
function errnoOf(number: number | undefined, name: string | undefined): number | undefined {
  const known: Readonly<Record<string, number>> = { EPERM: 1, EACCES: 13, EINVAL: 22, ENOSYS: 38 }
  return (name === undefined ? undefined : known[name]) ?? number
}

function isKernelAtLeast({ kernelVersion: [major, minor] }: SeccompSituation, wanted: string): boolean {
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

function listOf<T>(value: readonly T[] | null | undefined): readonly T[] {
  return value ?? []
}
