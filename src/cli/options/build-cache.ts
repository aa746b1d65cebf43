// The flags of build that say what is taken from a cache, and which: podman's repositories, and docker's `type=TYPE,KEY=VALUE…`.

import { resolve } from 'node:path'
import { parseGoDuration } from '../../base/duration.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import type { BuildRequest } from '../../engine/build/build-request.ts'
import type { CacheDestination, CachePlace } from '../../engine/build/cache-place.ts'
import { parseReference, printReference, repositoryOf, withoutTag } from '../../image/reference.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { isDocker } from '../dialect.ts'

export const buildCacheOptions = defineOptions({
  'cache-from': {
    type: 'strings',
    value: 'repository',
    describe:
      'Take steps that are not in the local cache from this repository, where --cache-to has put them; or type=registry,ref=REPOSITORY, or type=local,src=FOLDER',
    complete: 'none',
  },
  'cache-to': {
    type: 'strings',
    value: 'repository',
    describe:
      'Push what each step makes to this repository, under its key; or type=registry,ref=REPOSITORY, or type=local,dest=FOLDER',
    complete: 'none',
  },
  'cache-ttl': {
    type: 'string',
    value: 'duration',
    describe: 'Only take what the cache has had for less than this; 0 takes nothing',
  },
  'no-cache': { type: 'boolean', describe: 'Do every step again' },
})

type Options = Invocation<typeof buildCacheOptions>['options']

/** As podman, caches elsewhere are for builds with layers alone. @throws as parseCacheFrom, parseCacheTo; invalid `duration-malformed` */
export function cacheSettings(options: Options, hasLayers: boolean): BuildRequest['cache'] {
  const ttl = options['cache-ttl']
  const maxAgeMs = ttl === undefined ? undefined : parseGoDuration(ttl) / 1e6
  const from = options['cache-from'].map(parseCacheFrom)
  const to = options['cache-to'].map(parseCacheTo)
  const isRead = !options['no-cache'] && hasLayers && maxAgeMs !== 0
  return { isRead, isWritten: hasLayers, maxAgeMs, from: isRead ? from : [], to: hasLayers ? to : [] }
}

/** @throws invalid `cache-invalid`, `reference-malformed`; unsupported `cache-unsupported` */
export function parseCacheFrom(text: string): CachePlace {
  return parsePlace({ flag: '--cache-from', text, folderKey: 'src' }).place
}

/** @throws as parseCacheFrom */
export function parseCacheTo(text: string): CacheDestination {
  return parsePlace({ flag: '--cache-to', text, folderKey: 'dest' })
}

interface Typed {
  readonly flag: string
  readonly text: string
  readonly folderKey: 'src' | 'dest'
}

function parsePlace(typed: Typed): CacheDestination {
  const { text } = typed
  if (!text.includes('=')) return { place: repository(typed, text, isDocker()), isOptional: false }
  const fields = new Map(text.split(',').map((field) => splitField(typed, field)))
  const type = fields.get('type') ?? ''
  if (type !== 'registry' && type !== 'local') throw otherType(typed, type)
  const key = type === 'registry' ? 'ref' : typed.folderKey
  checkKeys(typed, { type, key, fields })
  const where = fields.get(key) ?? ''
  if (where === '') throw bad(typed, `type=${type} wants ${key}=${type === 'registry' ? 'REPOSITORY' : 'FOLDER'}`)
  const place: CachePlace =
    type === 'registry' ? repository(typed, where, true) : { kind: 'local', folder: resolve(where) }
  return { place, isOptional: parseGoBool(fields.get('ignore-error') ?? 'false') ?? false }
}

/** Steps have tags of their own: one that is named says nothing, and docker's fingers type it. */
function repository(typed: Typed, text: string, mayHaveTag: boolean): CachePlace {
  const reference = parseReference(text)
  if (reference.digest !== undefined || (reference.tag !== undefined && !mayHaveTag)) {
    const message = `repository must contain neither a tag nor digest: ${printReference(reference)}`
    throw bad(typed, message, `Say: ${typed.flag} ${repositoryOf(reference)}`)
  }
  return { kind: 'registry', repository: withoutTag(reference) }
}

function splitField(typed: Typed, field: string): [string, string] {
  const equals = field.indexOf('=')
  if (equals === -1) throw bad(typed, `${JSON.stringify(field)} is not KEY=VALUE`)
  return [field.slice(0, equals), field.slice(equals + 1)]
}

interface Keys {
  readonly type: string
  readonly key: string
  readonly fields: ReadonlyMap<string, string>
}

/** Every step is kept, which is mode=max; as OCI's manifests. */
function checkKeys(typed: Typed, { type, key, fields }: Keys): void {
  const allowed: Readonly<Record<string, RegExp>> = {
    type: /^/,
    [key]: /^/,
    mode: /^(min|max)$/,
    'ignore-error': /^(true|false)$/,
    'image-manifest': /^true$/,
    'oci-mediatypes': /^true$/,
  }
  for (const [name, value] of fields) {
    const pattern = Object.hasOwn(allowed, name) ? allowed[name] : undefined
    if (pattern === undefined || !pattern.test(value)) {
      throw unsupported(typed, `${name}=${value}`, `with type=${type} there are: ${key}, mode, ignore-error`)
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  inline: 'images carry no cache: push it beside them with type=registry,ref=REPOSITORY',
  gha: 'keep a folder with actions/cache: type=local',
  s3: 'put it into a registry (type=registry) or a folder (type=local)',
  azblob: 'put it into a registry (type=registry) or a folder (type=local)',
}

function otherType(typed: Typed, type: string): EngineError {
  const reason = Object.hasOwn(reasons, type) ? reasons[type] : undefined
  if (reason !== undefined) return unsupported(typed, `type=${type}`, reason)
  return bad(typed, `its type is registry or local, not ${JSON.stringify(type)}`)
}

function unsupported({ flag }: Typed, what: string, reason: string): EngineError {
  const message = `${flag} ${what} is not supported: ${reason}`
  return new EngineError({ kind: 'unsupported', code: 'cache-unsupported', message })
}

function bad({ flag, text }: Typed, why: string, hint?: string): EngineError {
  return invalid('cache-invalid', `${flag} ${JSON.stringify(text)}: ${why}`, hint)
}
