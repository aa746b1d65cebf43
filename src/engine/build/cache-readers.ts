// Where --cache-from says: what is kept there under a step's key, behind the policy's gate.

import { EngineError, errnoOf } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import type { Reference } from '../../image/reference.ts'
import { repositoryOf } from '../../image/reference.ts'
import { openFolderFiles } from '../../transport/archive-files.ts'
import { gatedSource } from '../../transport/gated-source.ts'
import type { ImageSource, ManifestDocument } from '../../transport/image-source.ts'
import { isOciLayout, ociLayoutSource } from '../../transport/oci-layout.ts'
import type { Endpoint } from '../../transport/registry/endpoints.ts'
import type { Engine } from '../engine.ts'
import {
  type OpenedRegistry,
  openRegistrySession,
  type RegistryAccess,
  type RegistrySession,
  signedSource,
} from '../image/registry-session.ts'
import { type CachePlace, labelOf } from './cache-place.ts'

export interface CacheReader {
  readonly label: string
  /** undefined where there is nothing under the tag: one request. @throws what reading throws */
  open(tag: string): Promise<FoundStep | undefined>
}

/** Not verified. */
export interface FoundStep {
  readonly source: ImageSource
  readonly manifest: ManifestDocument
}

export interface CacheReaders extends AsyncDisposable {
  /** In the order that they were named in. */
  readonly readers: readonly CacheReader[]
}

/** Connects to nobody yet. */
export async function openReaders(
  engine: Engine,
  places: readonly CachePlace[],
  access: RegistryAccess,
): Promise<CacheReaders> {
  const session = await openRegistrySession(engine, access)
  const readers = places.map((place): CacheReader => {
    const open =
      place.kind === 'registry'
        ? registryReader(engine, session, place.repository)
        : async (tag: string) => openInLayout(engine, { folder: place.folder, tag }, access)
    return { label: labelOf(place), open }
  })
  return { readers, [Symbol.asyncDispose]: async () => session[Symbol.asyncDispose]() }
}

function registryReader(engine: Engine, session: RegistrySession, repository: Reference): CacheReader['open'] {
  const connections = new Map<string, Promise<OpenedRegistry>>()
  /** Mirrors that are not asked again. */
  const failed = new Set<string>()
  const connected = async (endpoint: Endpoint): Promise<OpenedRegistry> => {
    const name = repositoryOf(endpoint.reference)
    const opened = connections.get(name) ?? session.open(endpoint, { isSource: true })
    connections.set(name, opened)
    return { ...(await opened), reference: endpoint.reference }
  }
  return async (tag) => {
    const reference = { ...repository, tag }
    const endpoints = session.endpoints(reference).filter((endpoint) => !failed.has(repositoryOf(endpoint.reference)))
    const gate = await session.gate(reference)
    for (const [at, endpoint] of endpoints.entries()) {
      try {
        const source = gatedSource(await signedSource(engine, await connected(endpoint)), gate)
        return { source, manifest: await source.readManifest() }
      } catch (error) {
        engine.signal.throwIfAborted()
        if (!(error instanceof EngineError)) throw error
        if (error.code === 'manifest-unknown') continue
        if (at === endpoints.length - 1) throw error
        failed.add(repositoryOf(endpoint.reference))
        logDebug(`mirror ${endpoint.reference.domain} failed: ${error.message}`)
      }
    }
    return undefined
  }
}

interface LayoutStep {
  readonly folder: string
  readonly tag: string
}

async function openInLayout(
  engine: Engine,
  { folder, tag }: LayoutStep,
  access: RegistryAccess,
): Promise<FoundStep | undefined> {
  try {
    const files = openFolderFiles(folder)
    if (!isOciLayout(files)) throw noLayout(folder)
    const policyPath = access.policyPath ?? engine.settings.policyPath
    const { openGate } = await import('../../signature/policy.ts')
    const gate = policyPath === undefined ? undefined : openGate(policyPath, { transport: 'oci', scope: folder })
    const source = gatedSource(ociLayoutSource(files, tag), gate)
    return { source, manifest: await source.readManifest() }
  } catch (error) {
    if (error instanceof EngineError && error.code === 'layout-image-missing') return undefined
    const errno = errnoOf(error)
    if (errno === undefined) throw error
    throw new EngineError({ kind: 'unavailable', code: 'cache-unreadable', message: `it cannot be read: ${errno}` })
  }
}

function noLayout(folder: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'cache-missing',
    message: `there is no OCI layout in '${folder}'`,
  })
}
