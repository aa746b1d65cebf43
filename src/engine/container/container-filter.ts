// Container filters, `name=value` or `name!=value`, with podman's names and meanings (podman-ps(1)): values of one name are
// alternatives (labels: all of them), names must all match.

import { EngineError, invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import { pointInTimeMs } from '../../base/point-in-time.ts'
import { networkNameById } from '../../network/record/store.ts'
import { sourceOf } from '../../spec/mounts.ts'
import type { Engine } from '../engine.ts'
import { compileExpression, groupFilters } from '../filter-text.ts'
import { hasLabel, parseLabelFilter } from '../label-filter.ts'
import { findContainer } from './find-container.ts'
import { healthStatus } from './health-record.ts'
import { attachmentsOf } from './network-attachments.ts'
import { podNameOf } from './pod-name.ts'
import type { StoredContainer } from './stored-container.ts'

export type ContainerFilter = (container: StoredContainer) => boolean

type Compile = (engine: Pick<Engine, 'at'>, values: readonly string[]) => ContainerFilter

/** @throws invalid `filter-invalid`; not-found `container-unknown` for `before` and `since` */
export function compileContainerFilters(engine: Pick<Engine, 'at'>, texts: readonly string[]): ContainerFilter {
  return compileWith(compilers, engine, texts)
}

/** The few filters that `container prune` takes. @throws invalid `filter-invalid` */
export function compilePruneFilters(engine: Pick<Engine, 'at'>, texts: readonly string[]): ContainerFilter {
  const { label, until } = compilers
  return compileWith({ label, 'label!': compilers['label!'], until }, engine, texts)
}

function compileWith(
  known: Readonly<Record<string, Compile | undefined>>,
  engine: Pick<Engine, 'at'>,
  texts: readonly string[],
): ContainerFilter {
  const filters = [...groupFilters(texts)].map(([name, values]) => {
    const compile = Object.hasOwn(known, name) ? known[name] : undefined
    if (compile === undefined) throw invalid('filter-invalid', `${name} is an invalid filter`)
    return compile(engine, values)
  })
  return (container) => filters.every((filter) => filter(container))
}

const states = [
  'created',
  'initialized',
  'running',
  'stopped',
  'paused',
  'exited',
  'removing',
  'stopping',
  'unknown',
  'configured',
]

const compilers: Readonly<Record<string, Compile>> & { label: Compile; 'label!': Compile; until: Compile } = {
  id: (_, values) => {
    const tests = values.map(idTest)
    return ({ id }) => tests.some((test) => test(id))
  },
  name: (_, values) =>
    matchesAny(
      values.map((value) => value.replaceAll('/', '')),
      ({ name }) => name,
    ),
  label: (_, values) => {
    const wanted = values.map(parseLabelFilter)
    return ({ stored }) => wanted.every((label) => hasLabel(stored.spec.labels, label))
  },
  'label!': (_, values) => {
    const unwanted = values.map(parseLabelFilter)
    return ({ stored }) => !unwanted.some((label) => hasLabel(stored.spec.labels, label))
  },
  status: (_, values) => {
    const stranger = values.find((value) => !states.includes(value))
    if (stranger !== undefined)
      throw invalid('filter-invalid', `unknown container state: ${stranger}: invalid argument`)
    const wanted = new Set(values.map((value) => (value === 'stopped' ? 'exited' : value)))
    return ({ live }) => wanted.has(live.status) || (live.status === 'created' && wanted.has('configured'))
  },
  exited: (_, values) => {
    const codes = new Set(values.map(exitCode))
    return ({ live }) => live.status === 'exited' && codes.has(live.exitCode)
  },
  ancestor: (_, values) => {
    const matches = matchesAny(values, ({ stored }) => stored.image?.name ?? '')
    const isLatest = matchesAny(values, ({ stored }) => (stored.image?.name ?? '').replace(/:latest$/, ''))
    const isId = ({ stored }: StoredContainer) =>
      values.some((value) => stored.image?.id.includes(value.replace(/^sha256:/, '')))
    return (container) => isId(container) || matches(container) || isLatest(container)
  },
  before: (engine, values) => {
    const limit = earliestCreation(engine, values)
    return ({ stored }) => stored.createdAt < limit
  },
  since: (engine, values) => {
    const limit = earliestCreation(engine, values)
    return ({ stored }) => stored.createdAt > limit
  },
  until: (_, values) => {
    if (values.length > 1) throw invalid('filter-invalid', 'specify exactly one timestamp for until')
    const limit = pointInTimeMs(values[0] as string)
    return ({ stored }) => Date.parse(stored.createdAt) < limit
  },
  volume: (_, values) => {
    const wanted = values.map((value) => value.split(':', 2))
    return ({ stored }) => wanted.some((words) => hasMount(stored, words))
  },
  network: (engine, values) => (container) => values.some((value) => isInNetwork(engine, container, value)),
  pod:
    ({ at }, values) =>
    ({ stored }) => {
      const { pod } = stored.spec
      if (pod === undefined) return false
      return values.some((value) => value !== '' && pod.id.startsWith(value)) || values.includes(podNameOf(at, pod.id))
    },
  health: ({ at }, values) => {
    // docker's `none` is a container without checks.
    const wanted = values.map((value) => (value === 'none' ? '' : value))
    return (container) => wanted.includes(healthStatus(at, container))
  },
  'restart-policy': (_, values) => {
    const stranger = values.find((value) => !['none', 'no', 'on-failure', 'always', 'unless-stopped'].includes(value))
    if (stranger !== undefined) throw invalid('filter-invalid', `${stranger} invalid restart policy`)
    return ({ stored }) => values.some((value) => (value === 'none' ? 'no' : value) === stored.spec.restart.policy)
  },
  command: (_, values) => matchesAny(values, ({ stored }) => stored.spec.process.command?.[0] ?? ''),
  'should-start-on-boot': (_, values) => {
    const isWanted = values.map(goBoolean).at(-1) === true
    return () => !isWanted
  },
}

/** A prefix, or, where it is none, a regular expression, as podman. */
function idTest(value: string): (id: string) => boolean {
  if (/^[0-9a-f]+$/i.test(value)) return (id) => id.startsWith(value.toLowerCase())
  const expression = compileExpression(value)
  return (id) => expression.test(id)
}

function matchesAny(values: readonly string[], read: ContainerText): ContainerFilter {
  const expressions = values.map(compileExpression)
  return (container) => expressions.some((expression) => expression.test(read(container)))
}

type ContainerText = (container: StoredContainer) => string

function exitCode(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text)
  throw invalid(
    'filter-invalid',
    `exited code out of range "0": strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
  )
}

function goBoolean(text: string): boolean {
  const value = parseGoBool(text)
  if (value !== undefined) return value
  throw invalid('filter-invalid', `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** Of the containers named, the one made first. */
function earliestCreation(engine: Pick<Engine, 'at'>, values: readonly string[]): string {
  const times = values.map((value) => {
    const container = findContainer(engine.at, value)
    if (container !== undefined) return container.stored.createdAt
    throw new EngineError({
      kind: 'not-found',
      code: 'container-unknown',
      message: `no container with name or ID "${value}" found: no such container`,
    })
  })
  return times.sort()[0] as string
}

/** A destination or a source (a volume's name), or `source:destination`. */
function hasMount({ spec }: StoredContainer['stored'], [first, second]: readonly string[]): boolean {
  return spec.mounts.mounts.some((mount) => {
    const source = sourceOf(mount)
    if (second === undefined) return mount.destination === first || source === first
    return source === first && mount.destination === second
  })
}

function isInNetwork(engine: Pick<Engine, 'at'>, { record, stored }: StoredContainer, value: string): boolean {
  const mode = stored.spec.namespaces.network
  if (mode.kind === 'bridge') {
    const byId = networkNameById(engine.at, value)
    return attachmentsOf({ record, stored }).some(({ network }) => network === value || network === byId)
  }
  const [, name] = /^container:(.*)$/.exec(value) ?? []
  if (name === undefined) return false
  return mode.kind === 'container' && findContainer(engine.at, name)?.id === mode.id
}
