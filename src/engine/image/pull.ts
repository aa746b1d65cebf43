// Images from a registry (or another transport) into the store.

import { defined } from '../../base/defined.ts'
import type { Digest } from '../../base/digest.ts'
import { EngineError, errorMessage, invalid } from '../../base/errors.ts'
import type { Platform } from '../../image/platform.ts'
import type { ImageRecord } from '../../image/record.ts'
import {
  parseReference,
  parseTypedReference,
  printReference,
  type Reference,
  type TypedReference,
  withoutTag,
} from '../../image/reference.ts'
import { copyToStore } from '../../transport/copy.ts'
import { gatedSource } from '../../transport/gated-source.ts'
import { chooseManifest } from '../../transport/image-source.ts'
import type { Endpoint } from '../../transport/registry/endpoints.ts'
import { type PullCandidates, pullCandidates } from '../../transport/registry/short-names.ts'
import { headManifest, registrySource } from '../../transport/registry/source.ts'
import { listTags } from '../../transport/registry/tags.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from './copy-context.ts'
import { embeddedImage } from './embedded.ts'
import { extendStart } from './extend-start.ts'
import { imageConfigIfThere } from './image-config.ts'
import { localImage } from './local-image.ts'
import { pullFromTransport, transportOf } from './pull-transport.ts'
import { asSourceError, openRegistrySession, type RegistryAccess, type RegistrySession } from './registry-session.ts'
import { imageUnknown } from './resolve.ts'
import { warnOtherPlatform } from './warn-other-platform.ts'

export type PullPolicy = 'always' | 'missing' | 'never' | 'newer'

export interface PullOptions extends RegistryAccess {
  readonly policy: PullPolicy
  readonly platform?: Platform
  readonly areAllTags?: boolean
}

export interface PulledImage {
  readonly record: ImageRecord
  /** The reference that it is stored under; the id where it has none. */
  readonly name: string
}

/**
 * What `text` names, fetched if the policy wants it: a reference, a short name, or `transport:place`: see pull-transport.ts.
 * Idempotent; a pull that is killed is continued by the next.
 * @throws not-found `image-unknown` (policy never), `manifest-unknown`; denied; unavailable; corrupt
 */
export async function pull(engine: Engine, text: string, options: PullOptions): Promise<PulledImage[]> {
  const subject = { type: 'image', name: text } as const
  try {
    await options.openKeys?.()
    const images = await findOrFetch(engine, text, options)
    // As podman: also of an image that was there.
    for (const { record } of images) engine.events.append({ ...subject, status: 'pull', id: record.id })
    for (const { record } of images) {
      const config = imageConfigIfThere(engine, record)
      if (config !== undefined) warnOtherPlatform(engine, config.platform, options.platform)
    }
    return images
  } catch (error) {
    engine.events.append({ ...subject, status: 'pull-error', error: errorMessage(error) })
    throw error
  }
}

async function findOrFetch(engine: Engine, text: string, options: PullOptions): Promise<PulledImage[]> {
  const transport = transportOf(text)
  if (transport !== undefined && transport.kind !== 'docker') return pullFromTransport(engine, transport, options)
  const name = transport === undefined ? text : transport.rest.replace(/^\/\//, '')
  if (options.areAllTags) return pullAllTags(engine, name, options)
  const local = await localImage(engine, name, options.platform)
  if (local !== undefined && (options.policy === 'missing' || options.policy === 'never')) return [local]
  const embedded = await embeddedImage(engine, name)
  if (embedded !== undefined) return [embedded]
  if (options.policy === 'never') throw imageUnknown(text)
  return [await pullOne(engine, { name, local }, options)]
}

async function pullOne(
  engine: Engine,
  wanted: { name: string; local: PulledImage | undefined },
  options: PullOptions,
): Promise<PulledImage> {
  if (wanted.local === undefined) void import('../../image/unpack-pool.ts').then(({ warmUp }) => warmUp())
  await using session = await openRegistrySession(engine, options)
  const typed = parseTypedReference(wanted.name)
  const { references: candidates, why } = sameAsLocal(typed, wanted.local) ?? pullCandidates(session.conf, typed)
  if (why !== undefined) engine.report({ type: 'step', message: why })
  const failures: unknown[] = []
  for (const candidate of candidates) {
    try {
      const isCurrent = await isUnchanged(session, candidate, {
        policy: options.policy,
        local: wanted.local,
        isAskedOnce: true,
      })
      if (isCurrent && wanted.local !== undefined) return wanted.local
      return await pullReference(engine, session, { reference: candidate, options })
    } catch (error) {
      engine.signal.throwIfAborted()
      failures.push(error)
    }
  }
  if (options.policy === 'newer' && wanted.local !== undefined) return wanted.local
  throw failures.length === 1 ? failures[0] : manyFailures(failures)
}

/** As podman: a short name that an image here is called by stands for that very image, wherever it came from. */
function sameAsLocal(typed: TypedReference, local: PulledImage | undefined): PullCandidates | undefined {
  const { domain, path, tag = 'latest', digest } = typed
  if (domain !== undefined || digest !== undefined || local === undefined || local.name === local.record.id)
    return undefined
  const reference = parseReference(local.name)
  const isCalledSo = `/${reference.path}`.endsWith(`/${path}`) && reference.tag === tag
  // What was built here is in no registry.
  return isCalledSo && reference.domain !== 'localhost' ? { references: [reference] } : undefined
}

interface PullJob {
  readonly reference: Reference
  readonly options: PullOptions
}

async function pullReference(engine: Engine, session: RegistrySession, job: PullJob): Promise<PulledImage> {
  const name = printReference(job.reference.digest === undefined ? job.reference : withoutTag(job.reference))
  engine.report({ type: 'step', message: `Trying to pull ${name}...` })
  using _patience = extendStart(engine, printReference(job.reference))
  const endpoints = session.endpoints(job.reference)
  const gate = await session.gate(job.reference)
  for (const [at, endpoint] of endpoints.entries()) {
    try {
      const { platform, openKeys } = job.options
      const decryptionKeys = await openKeys?.()
      const source = gatedSource(
        await session.openSource(endpoint, { isOneOfSeveral: at < endpoints.length - 1 }),
        gate,
      )
      const copyOptions = { names: [name], ...defined({ platform, decryptionKeys }) }
      const { record } = await copyToStore(copyContext(engine), source, copyOptions)
      return { record, name }
    } catch (error) {
      engine.signal.throwIfAborted()
      if (at === endpoints.length - 1) throw asSourceError(error, endpoint)
      engine.report({ type: 'warning', message: `mirror ${endpoint.reference.domain} failed: ${messageOf(error)}` })
    }
  }
  throw new Error('no endpoint')
}

async function pullAllTags(engine: Engine, name: string, options: PullOptions): Promise<PulledImage[]> {
  const typed = parseTypedReference(name)
  if (typed.tag !== undefined || typed.digest !== undefined) {
    throw invalid('all-tags-with-tag', `--all-tags wants a name without tag or digest: '${name}'`)
  }
  await using session = await openRegistrySession(engine, options)
  const repository = withoutTag(pullCandidates(session.conf, typed).references[0] as Reference)
  const { registry, reference } = await session.open(session.endpoints(repository).at(-1) as Endpoint)
  const pulled: PulledImage[] = []
  for (const tag of await listTags(registry, reference)) {
    pulled.push(await pullReference(engine, session, { reference: { ...repository, tag }, options }))
  }
  return pulled
}

/**
 * Whether the registry has another image of that name by now, for this machine: one HEAD, and manifests where that is not enough.
 * @throws not-found `manifest-unknown`, `platform-missing`; what asking it throws
 */
export async function isOutdated(engine: Engine, local: PulledImage, access: RegistryAccess): Promise<boolean> {
  await using session = await openRegistrySession(engine, access)
  const endpoint = session.endpoints(parseReference(local.name)).at(-1) as Endpoint
  const options = await session.open(endpoint, { isSource: true })
  const digest = await headManifest(options)
  if (digest !== undefined && isOf(local.record, digest)) return false
  // Another list may be so by what it has for other platforms.
  const chosen = await chooseManifest(registrySource(options), undefined)
  return !isOf(local.record, chosen.digest)
}

/** Policy newer: one HEAD; "I do not know" counts as another image. */
async function isUnchanged(
  session: RegistrySession,
  reference: Reference,
  have: { policy: PullPolicy; local: PulledImage | undefined; isAskedOnce?: boolean },
): Promise<boolean> {
  if (have.policy !== 'newer' || have.local === undefined) return false
  const { record } = have.local
  const { isAskedOnce = false } = have
  const endpoint = session.endpoints(reference).at(-1) as Endpoint
  const digest = await headManifest(await session.open(endpoint, { isSource: true, isAskedOnce }))
  return digest !== undefined && isOf(record, digest)
}

function isOf({ manifestDigest, repoDigests }: ImageRecord, digest: Digest): boolean {
  return digest === manifestDigest || repoDigests.includes(digest)
}

function manyFailures(failures: readonly unknown[]): EngineError {
  const lines = failures.map((failure) => `\n * ${messageOf(failure)}`).join('')
  const kinds = failures.map((failure) => (failure instanceof EngineError ? failure.kind : 'internal'))
  return new EngineError({
    kind: kinds.every((kind) => kind === kinds[0]) ? (kinds[0] ?? 'internal') : 'unavailable',
    code: 'pull-failed',
    message: `${failures.length} errors occurred while pulling:${lines}`,
    cause: failures[0],
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
