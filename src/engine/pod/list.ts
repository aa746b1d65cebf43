// The pods as `pod ps` shows them. Takes no lock; one that is removed meanwhile is left out.

import { invalid } from '../../base/errors.ts'
import { pointInTimeMs } from '../../base/point-in-time.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { compileExpression, groupFilters } from '../filter-text.ts'
import { hasLabel, parseLabelFilter } from '../label-filter.ts'
import { isInfra, membersByPod, type PodState, podState } from './members.ts'
import { allPods, type PodRecord } from './pod-record.ts'

export interface ListedPod {
  readonly pod: PodRecord
  /** Oldest first. */
  readonly members: readonly StoredContainer[]
  readonly state: PodState
}

/** Newest first. @throws invalid `filter-invalid` */
export function list(engine: Pick<Engine, 'at'>, filters: readonly string[] = []): ListedPod[] {
  const tests = [...groupFilters(filters)].map(([name, values]) => compile(name, values))
  const members = membersByPod(engine.at)
  return allPods(engine.at)
    .map((pod) => listed(pod, members.get(pod.id) ?? []))
    .filter((one) => tests.every((test) => test(one)))
}

function listed(pod: PodRecord, members: readonly StoredContainer[]): ListedPod {
  return { pod, members, state: podState(members) }
}

type Test = (listed: ListedPod) => boolean

function compile(name: string, values: readonly string[]): Test {
  const make = Object.hasOwn(compilers, name) ? compilers[name] : undefined
  if (make === undefined) throw invalid('filter-invalid', `${name} is an invalid filter`)
  return make(values)
}

const containerStates = ['created', 'running', 'paused', 'stopped', 'exited', 'unknown']
const podStates = ['stopped', 'running', 'paused', 'exited', 'dead', 'created', 'degraded']

const compilers: Readonly<Record<string, (values: readonly string[]) => Test>> = {
  id: (values) => {
    const isWanted = idTest(values)
    return ({ pod }) => isWanted(pod.id)
  },
  name: (values) => {
    const isWanted = textTest(values)
    return ({ pod }) => isWanted(pod.name)
  },
  label: (values) => {
    const wanted = values.map(parseLabelFilter)
    return ({ pod }) => wanted.every((label) => hasLabel(pod.labels, label))
  },
  'label!': (values) => {
    const wanted = values.map(parseLabelFilter)
    return ({ pod }) => !wanted.every((label) => hasLabel(pod.labels, label))
  },
  'ctr-ids': (values) => {
    const isWanted = idTest(values)
    return ({ members }) => members.some(({ id }) => isWanted(id))
  },
  'ctr-names': (values) => {
    const isWanted = textTest(values)
    return ({ members }) => members.some(({ name }) => isWanted(name))
  },
  'ctr-number': (values) => {
    const counts = new Set(values.map(Number))
    return ({ members }) => counts.has(members.length)
  },
  'ctr-status': (values) => {
    checkWords(values, containerStates, 'status')
    const wanted = new Set(values.map((value) => (value === 'stopped' ? 'exited' : value)))
    return ({ members }) => members.some(({ live }) => wanted.has(live.status))
  },
  status: (values) => {
    checkWords(values, podStates, 'pod status')
    return ({ state }) => values.includes(state.toLowerCase())
  },
  until: (values) => {
    if (values.length > 1) throw invalid('filter-invalid', 'specify exactly one timestamp for until')
    const limit = pointInTimeMs(values[0] as string)
    return ({ pod }) => Date.parse(pod.createdAt) < limit
  },
  network: (values) => (one) =>
    one.members.filter(isInfra).some((infra) => attachmentsOf(infra).some(({ network }) => values.includes(network))),
}

function checkWords(values: readonly string[], known: readonly string[], what: string): void {
  const stranger = values.find((value) => !known.includes(value))
  if (stranger !== undefined) throw invalid('filter-invalid', `${stranger} is not a valid ${what}`)
}

/** A prefix, or, where it is none, a regular expression. */
function idTest(values: readonly string[]): (id: string) => boolean {
  const tests = values.map((value) => {
    if (/^[0-9a-f]+$/i.test(value)) return (id: string) => id.startsWith(value.toLowerCase())
    const expression = compileExpression(value)
    return (id: string) => expression.test(id)
  })
  return (id) => tests.some((test) => test(id))
}

function textTest(values: readonly string[]): (text: string) => boolean {
  const expressions = values.map(compileExpression)
  return (text) => expressions.some((expression) => expression.test(text))
}
