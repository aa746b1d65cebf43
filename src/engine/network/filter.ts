// Filters of network ls and prune, with podman's names and meanings: values of one name are alternatives (labels: all of them).

import { invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import { pointInTimeMs } from '../../base/point-in-time.ts'
import type { NetworkRecord } from '../../network/record/network-record.ts'
import { compileExpression, groupFilters } from '../filter-text.ts'
import { hasLabel, parseLabelFilter } from '../label-filter.ts'

export type NetworkFilter = (network: NetworkRecord) => boolean

export interface FilterFacts {
  readonly used: ReadonlySet<string>
  readonly defaultNetwork: string
}

type Compile = (values: readonly string[], facts: FilterFacts) => NetworkFilter

const pruneCompilers: Readonly<Record<string, Compile>> = {
  label: (values) => {
    const wanted = values.map(parseLabelFilter)
    return ({ labels = {} }) => wanted.every((label) => hasLabel(labels, label))
  },
  'label!': (values) => {
    const unwanted = values.map(parseLabelFilter)
    return ({ labels = {} }) => !unwanted.every((label) => hasLabel(labels, label))
  },
  until: (values) => {
    if (values.length > 1) throw invalid('filter-invalid', 'specify exactly one timestamp for until')
    const limit = pointInTimeMs(values[0] as string)
    return ({ created }) => Date.parse(created) < limit
  },
}

const listCompilers: Readonly<Record<string, Compile>> = {
  ...pruneCompilers,
  name: (values) => {
    const expressions = values.map(compileExpression)
    return ({ name }) => expressions.some((expression) => expression.test(name))
  },
  driver:
    (values) =>
    ({ driver }) =>
      values.includes(driver),
  id:
    (values) =>
    ({ id }) =>
      values.some((value) => id.startsWith(value.toLowerCase())),
  dangling: (values, { used, defaultNetwork }) => {
    if (values.length > 1) throw invalid('filter-invalid', 'got more than one value for filter key "dangling"')
    const isWanted = goBoolean(values[0] as string)
    return ({ name }) => (used.has(name) || name === defaultNetwork) !== isWanted
  },
}

/** @throws invalid `filter-invalid` */
export function compileNetworkFilters(texts: readonly string[], facts: FilterFacts): NetworkFilter {
  return compileWith(listCompilers, texts, facts)
}

/** The few that `network prune` takes. @throws invalid `filter-invalid` */
export function compilePruneFilters(texts: readonly string[], facts: FilterFacts): NetworkFilter {
  return compileWith(pruneCompilers, texts, facts)
}

function compileWith(
  known: Readonly<Record<string, Compile>>,
  texts: readonly string[],
  facts: FilterFacts,
): NetworkFilter {
  const filters = [...groupFilters(texts, knownName)].map(([name, values]) => {
    const compile = Object.hasOwn(known, name) ? known[name] : undefined
    if (compile === undefined) throw invalid('filter-invalid', `invalid filter ${JSON.stringify(name)}`)
    return compile(values, facts)
  })
  return (network) => filters.every((filter) => filter(network))
}

/** Labels only can be asked not to be there. */
function knownName(typed: string): string {
  return typed === 'label!' ? typed : typed.replace(/!$/, '').toLowerCase()
}

function goBoolean(text: string): boolean {
  const value = parseGoBool(text)
  if (value !== undefined) return value
  throw invalid('filter-invalid', `invalid dangling filter value "${text}"`)
}
