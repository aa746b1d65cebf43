// Volume filters, `name=value`, with podman's names and meanings (podman-volume-ls(1)): values of one name are alternatives (labels: all of
// them), names must all match.

import { invalid } from '../../base/errors.ts'
import { pointInTimeMs } from '../../base/point-in-time.ts'
import type { VolumeRecord } from '../../volume/volume-record.ts'
import type { Engine } from '../engine.ts'
import { compileExpression, groupFilters } from '../filter-text.ts'
import { findVolume } from './find-volume.ts'
import { volumeUses } from './volume-use.ts'

export type VolumeFilter = (volume: VolumeRecord) => boolean

type Compile = (engine: Engine, values: readonly string[]) => VolumeFilter

/** @throws invalid `filter-invalid`; not-found `volume-unknown` for `after` and `since` */
export function compileVolumeFilters(engine: Engine, texts: readonly string[]): VolumeFilter {
  const filters = [...groupFilters(texts)].map(([name, values]) => {
    const compile = Object.hasOwn(compilers, name) ? compilers[name] : undefined
    if (compile === undefined) throw invalid('filter-invalid', `${JSON.stringify(name)} is an invalid volume filter`)
    return compile(engine, values)
  })
  return (volume) => filters.every((filter) => filter(volume))
}

const after: Compile = (engine, values) => {
  const times = values.map((value) => findVolume(engine, value).createdAt)
  const limit = times.sort()[0] as string
  return ({ createdAt }) => createdAt > limit
}

const compilers: Readonly<Record<string, Compile>> = {
  after,
  since: after,
  name: (_, values) => {
    const expressions = values.map(compileExpression)
    return ({ name }) => expressions.some((expression) => expression.test(name))
  },
  driver:
    (_, values) =>
    ({ driver }) =>
      values.includes(driver),
  scope: (_, values) => () => values.includes('local'),
  label:
    (_, values) =>
    ({ labels }) =>
      values.every((value) => hasPair(labels, value)),
  'label!':
    (_, values) =>
    ({ labels }) =>
      !values.every((value) => hasPair(labels, value)),
  opt:
    (_, values) =>
    ({ options }) =>
      values.some((value) => hasPair(options, value.replace(/=$/, ''))),
  until: (_, values) => {
    if (values.length > 1) throw invalid('filter-invalid', 'specify exactly one timestamp for until')
    const limit = pointInTimeMs(values[0] as string)
    return ({ createdAt }) => Date.parse(createdAt) < limit
  },
  anonymous: (_, values) => {
    const wanted = new Set(values.map((value) => truth('anonymous', value)))
    return ({ isAnonymous }) => wanted.has(isAnonymous)
  },
  dangling: (engine, values) => {
    const wanted = new Set(values.map((value) => truth('dangling', value)))
    const uses = volumeUses(engine.at)
    return ({ name }) => wanted.has(!uses.has(name))
  },
}

function truth(filter: string, text: string): boolean {
  if (['true', '1'].includes(text.toLowerCase())) return true
  if (['false', '0'].includes(text.toLowerCase())) return false
  throw invalid(
    'filter-invalid',
    `${JSON.stringify(text)} is not a valid value for the "${filter}" filter - must be true or false`,
  )
}

/** `key`, with any value, or `key=value`. */
function hasPair(pairs: Readonly<Record<string, string>>, text: string): boolean {
  const at = text.indexOf('=')
  const key = at === -1 ? text : text.slice(0, at)
  return Object.hasOwn(pairs, key) && (at === -1 || pairs[key] === text.slice(at + 1))
}
