// Image filters, `name=value` or `name!=value`, with podman's names. All must match; only positive `reference` filters are
// alternatives to each other.

import { invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import { pointInTimeMs } from '../../base/point-in-time.ts'
import type { Engine } from '../engine.ts'
import type { ImageSummary } from './list.ts'
import { isMatchingReference } from './match-reference.ts'
import { findImage, findStored } from './resolve.ts'

export type ImageFilter = (image: ImageSummary) => boolean

/** @throws invalid `filter-malformed`; not-found `image-unknown` for `before`, `since` and `after` */
export async function compileImageFilters(engine: Engine, texts: readonly string[]): Promise<ImageFilter> {
  const wanted: ImageFilter[] = []
  const others: ImageFilter[] = []
  for (const text of texts) {
    const { key, value, isNegated } = split(text)
    const filter = await compile(engine, { key, value, text })
    if (key === 'reference' && !isNegated) wanted.push(filter)
    else others.push(isNegated ? (image) => !filter(image) : filter)
  }
  return (image) =>
    others.every((filter) => filter(image)) && (wanted.length === 0 || wanted.some((filter) => filter(image)))
}

interface FilterText {
  readonly key: string
  readonly value: string
  readonly text: string
}

function split(text: string): { key: string; value: string; isNegated: boolean } {
  const match = /^([^=!]*)(!?=)(.*)$/s.exec(text)
  if (match === null) throw malformed(text)
  return { key: match[1] ?? '', value: match[3] ?? '', isNegated: match[2] === '!=' }
}

async function compile(engine: Engine, filter: FilterText): Promise<ImageFilter> {
  const { key, value } = filter
  switch (key) {
    case 'after':
    case 'since': {
      const limit = await createdMs(engine, filter)
      return (image) => Date.parse(image.record.createdAt) > limit
    }
    case 'before': {
      const limit = await createdMs(engine, filter)
      return (image) => Date.parse(image.record.createdAt) < limit
    }
    case 'until': {
      const limit = pointInTimeMs(value)
      return (image) => Date.parse(image.record.createdAt) < limit
    }
    case 'reference': {
      const exact = await lookUp(engine, value)
      return (image) => image.record.id === exact || image.names.some((name) => isMatchingReference(name, value))
    }
    default:
      return compileSimple(filter)
  }
}

function compileSimple({ key, value, text }: FilterText): ImageFilter {
  switch (key) {
    case 'dangling':
      return equals(key, value, (image) => image.isDangling)
    case 'readonly':
    case 'intermediate':
      return equals(key, value, () => false)
    case 'manifest':
      return equals(key, value, (image) => image.isManifestList)
    case 'containers':
      return containersFilter(value)
    case 'id':
      return (image) => image.record.id.startsWith(value.replace(/^sha256:/, ''))
    case 'digest':
      if (!value.startsWith('sha256:'))
        throw invalid('filter-malformed', `invalid value "${value}" for digest filter: it must start with sha256:`)
      return (image) => image.digests.some((digest) => digest.startsWith(value))
    case 'label':
      return (image) => hasLabel(image.config?.run.labels ?? {}, value)
    default:
      throw malformed(text.includes('=') ? key : text)
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key = '', ...rest] = wanted.split('=')
  const have = labels[key]
  return have !== undefined && (rest.length === 0 || have === rest.join('='))
}

/** `external`: nobody but containers of other tools uses it, and of those this store has none. */
function containersFilter(value: string): ImageFilter {
  if (value === 'external') return (image) => image.containers.length === 0
  if (value !== 'true' && value !== 'false') {
    throw invalid('filter-malformed', `unsupported value "${value}" for containers filter`)
  }
  return (image) => image.containers.length > 0 === (value === 'true')
}

function equals(key: string, value: string, read: ImageFilter): ImageFilter {
  const wanted = parseGoBool(value)
  if (wanted === undefined) {
    throw invalid('filter-malformed', `non-boolean value "${value}" for ${key} filter`)
  }
  return (image) => read(image) === wanted
}

async function lookUp(engine: Engine, text: string): Promise<string | undefined> {
  const found = /[*?[\]]/.test(text) ? undefined : await findStored(engine, text).catch(() => undefined)
  return found === undefined ? undefined : 'record' in found ? found.record.id : found.list.id
}

async function createdMs(engine: Engine, { key, value }: FilterText): Promise<number> {
  const found = await findImage(engine, value)
  if (found !== undefined) return Date.parse(found.record.createdAt)
  throw invalid(
    'filter-image-unknown',
    `could not find local image for filter "${key}"="${value}": ${value}: image not known`,
  )
}

function malformed(text: string) {
  return invalid(
    'filter-malformed',
    `invalid image filter "${text}": must be in the format "filter=value or filter!=value"`,
  )
}
