// Which images `sync` copies: those of a repository, of a tree of `dir:` folders, or of a YAML file with registries and repositories.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { isDigest } from '../../base/digest.ts'
import { absentAsUndefined, EngineError, errorMessage, invalid } from '../../base/errors.ts'
import { versionRange } from '../../base/semver.ts'
import { isObject, type JsonObject } from '../../image/bounded-json.ts'
import { parseReference, printReference, repositoryOf } from '../../image/reference.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from './registry-session.ts'
import { listRepository } from './search.ts'

export interface SyncedImage {
  /** As copy takes it. */
  readonly from: string
  /** What it is called below the destination, its whole path in front. */
  readonly name: string
  readonly access: RegistryAccess
}

export type SyncSource = { readonly kind: 'docker' | 'dir' | 'yaml'; readonly place: string }

/** `fail` is told of a repository that cannot be listed, and may throw. @throws not-found; invalid `sync-file-malformed` */
export async function listForSync(
  engine: Engine,
  { kind, place }: SyncSource,
  { access, fail }: { access: RegistryAccess; fail: (error: unknown) => void },
): Promise<SyncedImage[]> {
  if (kind === 'dir') return imageFolders(place)
  if (kind === 'docker') return imagesOf(engine, { name: place, access })
  const { parseYaml } = await import('../../base/yaml.ts')
  const images: SyncedImage[] = []
  for (const wanted of repositoriesIn(place, readYaml(place, parseYaml), access)) {
    try {
      images.push(...(await imagesOf(engine, wanted)))
    } catch (error) {
      engine.signal.throwIfAborted()
      fail(error)
    }
  }
  return images
}

interface WantedRepository {
  /** With a tag or digest: that image; else the tags. */
  readonly name: string
  readonly access: RegistryAccess
  readonly isWanted?: (tag: string) => boolean
}

async function imagesOf(engine: Engine, { name, access, isWanted }: WantedRepository): Promise<SyncedImage[]> {
  const reference = parseReference(name)
  const image = (full: string) => ({ from: `docker://${full}`, name: full, access })
  if (reference.tag !== undefined || reference.digest !== undefined) return [image(printReference(reference))]
  const { tags } = await listRepository(engine, name, access)
  return tags.filter(isWanted ?? (() => true)).map((tag) => image(`${repositoryOf(reference)}:${tag}`))
}

/** Every folder that is an image, at any depth; links are not followed. */
function imageFolders(place: string): SyncedImage[] {
  const root = resolve(place)
  if (absentAsUndefined(() => readdirSync(root)) === undefined)
    throw new EngineError({ kind: 'not-found', code: 'folder-missing', message: `no folder '${place}'` })
  const folders = [root]
  const found: SyncedImage[] = []
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = readdirSync(folder, { withFileTypes: true })
    if (entries.some(({ name }) => name === 'manifest.json')) {
      found.push({
        from: `dir:${folder}`,
        name: relative(root, folder) || relative(resolve(root, '..'), root),
        access: {},
      })
    } else
      folders.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder as string, name)))
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function readYaml(path: string, parse: (text: string) => unknown): JsonObject {
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  if (text === undefined)
    throw new EngineError({ kind: 'not-found', code: 'file-missing', message: `no file '${path}'` })
  try {
    const document = parse(text)
    if (isObject(document)) return document
  } catch (error) {
    throw malformed(path, errorMessage(error))
  }
  throw malformed(path, 'it lists no registries')
}

function repositoriesIn(path: string, document: JsonObject, access: RegistryAccess): WantedRepository[] {
  return Object.entries(document).flatMap(([registry, value]) => {
    if (!isObject(value)) throw malformed(path, `'${registry}' has no images`)
    const own = { ...accessIn(path, value), ...access }
    const wanted = [
      ...entriesOf(path, value, 'images').flatMap(([name, tags]) => namedImages(path, name, tags)),
      ...byTag(path, value, { key: 'images-by-tag-regex', toCheck: (text) => matcher(path, text) }),
      ...byTag(path, value, { key: 'images-by-semver', toCheck: versionRange }),
    ]
    return wanted.map((repository) => ({ ...repository, name: `${registry}/${repository.name}`, access: own }))
  })
}

type NamedRepository = Omit<WantedRepository, 'access'>

/** No tags: all of them. */
function namedImages(path: string, name: string, tags: unknown): NamedRepository[] {
  if (tags === null || (Array.isArray(tags) && tags.length === 0)) return [{ name }]
  if (!Array.isArray(tags)) throw malformed(path, `the tags of '${name}' are no list`)
  return tags.map((tag) => ({ name: `${name}${isDigest(String(tag)) ? '@' : ':'}${String(tag)}` }))
}

interface TagRule {
  readonly key: string
  readonly toCheck: (text: string) => (tag: string) => boolean
}

function byTag(path: string, value: JsonObject, { key, toCheck }: TagRule): NamedRepository[] {
  return entriesOf(path, value, key).map(([name, text]) => ({ name, isWanted: toCheck(String(text)) }))
}

function entriesOf(path: string, value: JsonObject, key: string): [string, unknown][] {
  const entries = value[key] ?? {}
  if (isObject(entries)) return Object.entries(entries)
  throw malformed(path, `${key} lists no repositories`)
}

function matcher(path: string, text: string): (tag: string) => boolean {
  try {
    const pattern = new RegExp(text)
    return (tag) => pattern.test(tag)
  } catch (error) {
    throw malformed(path, errorMessage(error))
  }
}

function accessIn(path: string, value: JsonObject): RegistryAccess {
  const { credentials, 'tls-verify': isTlsVerified, 'cert-dir': certificateFolder } = value
  const { username, password } = isObject(credentials) ? credentials : {}
  if (isTlsVerified !== undefined && typeof isTlsVerified !== 'boolean')
    throw malformed(path, 'tls-verify is true or false')
  return {
    ...(typeof username === 'string' && typeof password === 'string' ? { credentials: { username, password } } : {}),
    ...(typeof certificateFolder === 'string' ? { certificateFolder } : {}),
    ...(isTlsVerified === undefined ? {} : { isTlsVerified }),
  }
}

function malformed(path: string, reason: string): EngineError {
  return invalid('sync-file-malformed', `'${path}' is not usable: ${reason}`)
}
