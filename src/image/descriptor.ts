// Descriptors (OCI image spec, descriptor.md): what a blob is, how long, and its digest. Nothing else may say what to download.

import { type Digest, isDigest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { isObject } from './bounded-json.ts'
import type { Platform } from './platform.ts'

export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
}

export interface PlatformDescriptor extends Descriptor {
  readonly platform?: EntryPlatform
  readonly artifactType?: string
  readonly urls?: readonly string[]
}

/** What an index may say besides of whom an entry is for. */
export interface EntryPlatform extends Platform {
  readonly osVersion?: string
  readonly osFeatures?: readonly string[]
  /** Of the processor; Docker's format alone knows them. */
  readonly features?: readonly string[]
}

/** @throws corrupt `descriptor-malformed` */
export function readDescriptor(value: unknown, what: string): Descriptor {
  if (!isObject(value)) throw malformed(what, 'is not an object')
  const { mediaType, digest, size } = value
  if (typeof digest !== 'string' || !isDigest(digest)) throw malformed(what, 'has no sha256 or sha512 digest')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw malformed(what, 'has no valid size')
  return {
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    digest,
    size,
    ...(value['annotations'] === undefined ? {} : { annotations: readStrings(value['annotations']) }),
  }
}

export function readPlatformDescriptor(value: unknown, what: string): PlatformDescriptor {
  const descriptor = readDescriptor(value, what)
  const source = value as Record<string, unknown>
  const platform = source['platform']
  const urls = readTexts(source['urls'])
  return {
    ...descriptor,
    ...(isObject(platform) ? { platform: readPlatform(platform) } : {}),
    ...(typeof source['artifactType'] === 'string' ? { artifactType: source['artifactType'] } : {}),
    ...(urls.length === 0 ? {} : { urls }),
  }
}

/** The string members of an object; everything else is left out. */
export function readStrings(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** Of an entry of an index, or of an image's config, which has the same members. */
export function readPlatform(value: Readonly<Record<string, unknown>>): EntryPlatform {
  const { os, architecture, variant, 'os.version': osVersion } = value
  const [osFeatures, features] = [readTexts(value['os.features']), readTexts(value['features'])]
  return {
    os: typeof os === 'string' ? os : '',
    architecture: typeof architecture === 'string' ? architecture : '',
    ...(typeof variant === 'string' && variant !== '' ? { variant } : {}),
    ...(typeof osVersion === 'string' && osVersion !== '' ? { osVersion } : {}),
    ...(osFeatures.length === 0 ? {} : { osFeatures }),
    ...(features.length === 0 ? {} : { features }),
  }
}

function readTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

function malformed(what: string, reason: string): EngineError {
  return new EngineError({ kind: 'corrupt', code: 'descriptor-malformed', message: `${what} ${reason}` })
}
