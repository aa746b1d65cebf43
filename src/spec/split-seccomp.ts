// An allow list, cut in two: a short list of what is refused, for the runtime, and a filter for what it cannot say, under which the runtime is
// started. Both together refuse what the list does. It is worth it because libseccomp takes 12 ms to compile the 400 names of the usual
// list, at each start and each exec, and 1 ms for what is left.

import { assemble, type Interval, type Verdict } from './bpf.ts'
import type { OciSeccomp, OciSyscall, OciSyscallArg } from './oci-config.ts'
import { type SyscallTable, syscallTables } from './syscalls.ts'

export interface SplitSeccomp {
  readonly seccomp: OciSeccomp
  /** As assemble(). */
  readonly filter: Buffer
}

/** What libseccomp has known since 2.4, and so every runtime by its name. Above, it is the filter's. */
const lastOld: Readonly<Record<string, number>> = { SCMP_ARCH_X86_64: 334, SCMP_ARCH_X86: 386 }

/** As if the kernel were older: runtimes know how to do without. */
const enosys = 38

/** What a runtime may call itself: not to be kept from it by another errno. */
const neededByRuntimes = new Set(
  (
    'pidfd_send_signal open_tree move_mount fsopen fsconfig fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd ' +
    'faccessat2 epoll_pwait2 mount_setattr fchmodat2'
  ).split(' '),
)

/** Past it the long list may be as good. */
const maxRefused = 200

/** Undefined where it would not have the same effect, or be no gain. */
export function splitSeccomp(profile: OciSeccomp): SplitSeccomp | undefined {
  const { architectures, defaultErrnoRet: fallback } = profile
  if (profile.defaultAction !== 'SCMP_ACT_ERRNO' || fallback === undefined) return undefined
  if (!architectures.includes('SCMP_ARCH_X86_64') || architectures.some((name) => lastOld[name] === undefined))
    return undefined
  const decide = decisions(profile.syscalls, fallback)
  const refused = new Map<string, number>()
  const filters = []
  for (const name of architectures) {
    const table = syscallTables[name] as SyscallTable
    const intervals = cut(table, { decide, fallback, lastOld: lastOld[name] as number, refused })
    if (intervals === undefined) return undefined
    filters.push({ auditArchitecture: table.auditArchitecture, intervals })
  }
  if (refused.size > maxRefused) return undefined
  const syscalls = refusals(refused)
  return { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', architectures, syscalls }, filter: assemble(filters) }
}

interface Cut {
  /** Undefined: nobody can say. */
  readonly decide: (name: string) => Verdict | undefined
  readonly fallback: number
  readonly lastOld: number
  /** Grows: name → errno. */
  readonly refused: Map<string, number>
}

/** The part of one architecture: what goes by name into `refused`, and the intervals of the rest. */
function cut({ names }: SyscallTable, { decide, fallback, lastOld, refused }: Cut): Interval[] | undefined {
  const verdicts: Verdict[] = []
  for (const [number, name] of names.entries()) {
    const decision = name === undefined ? fallback : decide(name)
    if (decision === undefined) return undefined
    const isByName = name !== undefined && typeof decision === 'number' && number <= lastOld
    if (isByName) refused.set(name, decision)
    if (name !== undefined && neededByRuntimes.has(name) && decision !== 'allow' && decision !== enosys)
      return undefined
    verdicts.push(isByName ? 'allow' : decision)
  }
  return intervalsOf([...verdicts, fallback])
}

function intervalsOf(verdicts: readonly Verdict[]): Interval[] {
  return verdicts.flatMap((verdict, first) =>
    first > 0 && verdicts[first - 1] === verdict ? [] : [{ first, verdict }],
  )
}

function refusals(refused: ReadonlyMap<string, number>): OciSyscall[] {
  const errnos = [...new Set(refused.values())]
  return errnos.map((errnoRet) => ({
    names: [...refused].flatMap(([name, errno]) => (errno === errnoRet ? [name] : [])),
    action: 'SCMP_ACT_ERRNO',
    errnoRet,
  }))
}

/** Each name is decided once: most of them stand in the tables of all architectures. */
function decisions(rules: readonly OciSyscall[], fallback: number): Cut['decide'] {
  const byName = new Map<string, OciSyscall[]>()
  for (const rule of rules) {
    for (const name of rule.names) {
      const others = byName.get(name)
      if (others === undefined) byName.set(name, [rule])
      else others.push(rule)
    }
  }
  const decided = new Map<string, Verdict | undefined>()
  for (const [name, own] of byName) decided.set(name, decisionOf(name, own, fallback))
  return (name) => (decided.has(name) ? decided.get(name) : fallback)
}

/** `rules` are all of that name, in their order: one at least. */
function decisionOf(name: string, rules: readonly OciSyscall[], fallback: number): Verdict | undefined {
  // libseccomp heeds the first of several without conditions; the usual profile both allows and refuses setns.
  if (rules.every(({ args }) => args === undefined)) return plainDecision(rules[0] as OciSyscall)
  if (name === 'personality' && rules.every(({ action }) => action === 'SCMP_ACT_ALLOW'))
    return valuesOf(rules, fallback)
  return argumentsOf(rules)
}

function plainDecision({ action, errnoRet }: OciSyscall): Verdict | undefined {
  if (action === 'SCMP_ACT_ALLOW') return 'allow'
  return action === 'SCMP_ACT_ERRNO' ? errnoRet : undefined
}

/** Rules that allow each one value of the first argument. */
function valuesOf(rules: readonly OciSyscall[], errno: number): Verdict | undefined {
  const values = rules.map(({ args = [] }) => {
    const [arg] = args
    return args.length === 1 && arg?.index === 0 && arg.op === 'SCMP_CMP_EQ' ? arg.value : undefined
  })
  return values.every((value) => value !== undefined && value <= 0xffffffff)
    ? { kind: 'values', values: values as number[], errno }
    : undefined
}

/** One rule refuses where some arguments have certain values, the others allow where one has not: nothing is left over. */
function argumentsOf(rules: readonly OciSyscall[]): Verdict | undefined {
  const refusing = rules.filter(({ action }) => action === 'SCMP_ACT_ERRNO')
  const allowing = rules.filter(({ action }) => action === 'SCMP_ACT_ALLOW')
  const { args = [], errnoRet } = refusing[0] ?? {}
  if (refusing.length !== 1 || allowing.length !== rules.length - 1 || errnoRet === undefined) return undefined
  if (args.length === 0 || args.some(({ op, value }) => op !== 'SCMP_CMP_EQ' || value > 0xffffffff)) return undefined
  const isOpposite = ([arg, ...more]: readonly OciSyscallArg[]) =>
    arg !== undefined && more.length === 0 && arg.op === 'SCMP_CMP_NE' && args.some((one) => isSame(one, arg))
  const isCovered = (arg: OciSyscallArg) =>
    allowing.some(({ args: [one] = [] }) => one !== undefined && isSame(one, arg))
  if (!allowing.every((rule) => isOpposite(rule.args ?? [])) || !args.every(isCovered)) return undefined
  return { kind: 'arguments', args: args.map(({ index, value }) => ({ index, value })), errno: errnoRet }
}

function isSame(one: OciSyscallArg, other: OciSyscallArg): boolean {
  return one.index === other.index && one.value === other.value
}
