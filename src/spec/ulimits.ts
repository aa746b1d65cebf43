// --ulimit: `name=soft[:hard]`, with -1 for unlimited, and what a container gets where nothing is said.

import { invalid } from '../base/errors.ts'
import type { CompleteSpec } from './container-spec.ts'
import type { OciFacts } from './facts.ts'
import type { OciRlimit } from './oci-config.ts'

export interface Ulimit {
  /** Lower case: nofile. */
  readonly name: string
  /** -1 unlimited. */
  readonly soft: number
  readonly hard: number
}

const names = new Set(
  'as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' '),
)

/** podman's own default, for what would otherwise be the host's. */
const defaultLimit = 1_048_576

/** @throws invalid `ulimit-invalid` */
export function parseUlimit(text: string): Ulimit {
  const lower = text.toLowerCase().replace(/^rlimit_/, '')
  const fail = (why: string) =>
    invalid(
      'ulimit-invalid',
      `ulimit option ${JSON.stringify(lower)} requires name=SOFT:HARD, failed to be parsed: ${why}`,
    )
  const [name = '', values, ...rest] = lower.split('=')
  if (values === undefined || rest.length > 0) throw fail(`invalid ulimit argument: ${lower}`)
  if (!names.has(name)) throw fail(`invalid ulimit type: ${name}`)
  const parts = values.split(':')
  if (parts.length > 2)
    throw fail(`too many limit value arguments - ${values}, can only have up to two, \`soft[:hard]\``)
  const numbers = parts.map((part) => limitNumber(part, fail))
  const soft = numbers[0] as number
  const hard = numbers[1] ?? soft
  if (hard !== -1 && soft === -1) {
    throw fail(`ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: ${hard}`)
  }
  if (hard !== -1 && soft > hard)
    throw fail(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`)
  return { name, soft, hard }
}

/** `--ulimit host` leaves the host's: then nothing else is set. The last of a name wins. @throws invalid `ulimit-invalid` */
export function parseUlimits(texts: readonly string[]): Ulimit[] | 'host' {
  if (texts.includes('host')) return 'host'
  return [...new Map(texts.map(parseUlimit).map((limit) => [limit.name, limit])).values()]
}

type LimitFacts = Pick<OciFacts, 'limits' | 'isRootless' | 'canRaiseLimits'>

export function ociRlimits({ resources }: CompleteSpec, facts: LimitFacts): OciRlimit[] {
  if (resources.ulimits === 'host') return []
  const asked = resources.ulimits
  const missing = ['nofile', 'nproc'].filter((name) => !asked.some((limit) => limit.name === name))
  return [
    ...asked.map(({ name, soft, hard }) => ({
      type: typeOf(name),
      soft: limitOf(soft, facts, name),
      hard: limitOf(hard, facts, name),
    })),
    ...missing.map((name) => ({ type: typeOf(name), ...defaultPair(name, facts) })),
  ]
}

function limitNumber(text: string, fail: (why: string) => Error): number {
  if (!/^-?\d+$/.test(text)) throw fail(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** Unlimited is more than an unprivileged process may ask for: there it means "as much as we have". */
function limitOf(value: number, facts: LimitFacts, name: string): number {
  if (value !== -1) return value
  const own = facts.limits[name]
  return facts.isRootless && own !== undefined ? own.hard : Number.POSITIVE_INFINITY
}

function defaultPair(name: string, facts: LimitFacts): { soft: number; hard: number } {
  const own = facts.limits[name]
  if (facts.canRaiseLimits || own === undefined) return { soft: defaultLimit, hard: defaultLimit }
  return { soft: Math.min(own.soft, defaultLimit), hard: Math.min(own.hard, defaultLimit) }
}

function typeOf(name: string): string {
  return `RLIMIT_${name.toUpperCase()}`
}
