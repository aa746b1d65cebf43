// From a reference to opened sources: registries.conf, policy, credentials, certificates and connections, in one place for every verb.

import type { Digest } from '../../base/digest.ts'
import { formatGoDuration } from '../../base/duration.ts'
import { EngineError, errorMessage } from '../../base/errors.ts'
import type { DecryptionKeys } from '../../encryption/decryption-keys.ts'
import type { Reference } from '../../image/reference.ts'
import { printReference } from '../../image/reference.ts'
import type { Gate } from '../../signature/policy.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import type { WebAccess } from '../../transport/lookaside.ts'
import { tlsFor } from '../../transport/registry/certificates.ts'
import { openRegistry, type Registry } from '../../transport/registry/client.ts'
import { type CredentialSources, type Credentials, findCredentials } from '../../transport/registry/credentials.ts'
import { type Endpoint, endpointsFor } from '../../transport/registry/endpoints.ts'
import { type Http, openHttp } from '../../transport/registry/http.ts'
import { type RegistriesConf, readRegistriesConf } from '../../transport/registry/registries-conf.ts'
import { defaultRetry, type RetryPolicy } from '../../transport/registry/retry.ts'
import type { RegistrySignatures } from '../../transport/registry/signatures.ts'
import { type RegistrySourceOptions, registrySource } from '../../transport/registry/source.ts'
import { hostUser } from '../container/host-user.ts'
import type { Engine } from '../engine.ts'
import { askCredentialHelper } from './credential-helper.ts'

export interface RegistryAccess {
  /** --tls-verify; undefined leaves it to registries.conf. */
  readonly isTlsVerified?: boolean
  /** --creds */
  readonly credentials?: Credentials
  /** --no-creds: nobody's, also where some are stored. */
  readonly isAnonymous?: boolean
  /** --registry-token */
  readonly token?: string
  /** Of docker-daemon: where the daemon listens. */
  readonly daemonHost?: string
  /** Of `oci:`: where its blobs are, in place of the layout's own. */
  readonly sharedBlobs?: string
  readonly authFile?: string
  readonly certificateFolder?: string
  readonly policyPath?: string
  /** --decryption-key: whoever pulls with it reads the keys once, before anything is fetched. */
  readonly openKeys?: () => Promise<DecryptionKeys>
  /** What is not said is containers.conf's, or the default. */
  readonly retry?: Partial<RetryPolicy>
}

export interface RegistrySession extends AsyncDisposable {
  readonly conf: RegistriesConf
  /** Mirrors first. @throws denied `registry-blocked` */
  endpoints(reference: Reference): Endpoint[]
  /** What the policy demands of the reference, wherever it is read from. @throws denied `policy-rejects`; invalid `policy-malformed` */
  gate(reference: Reference): Promise<Gate | undefined>
  /** Where images are written to: never a mirror, and no policy is asked. @throws denied `registry-blocked` */
  destination(reference: Reference): Endpoint
  open(endpoint: Endpoint, how?: Opening): Promise<OpenedRegistry>
  /** With its signatures; behind no gate. */
  openSource(endpoint: Endpoint, how?: Pick<Opening, 'isOneOfSeveral'>): Promise<ImageSource>
}

export interface Opening {
  /** What fails is said to be the beginning of a pull. */
  readonly isSource?: boolean
  /** Nobody is asked again: the answer is not needed, or somebody waits for it who can ask again (as podman has it, where nothing is pulled or pushed). */
  readonly isAskedOnce?: boolean
  /** Another is asked if this one cannot be reached, which is then not tried again. */
  readonly isOneOfSeveral?: boolean
}

export interface OpenedRegistry extends RegistrySourceOptions {
  /** How web servers beside it are asked. */
  readonly web: WebAccess
}

/** Reads configuration; connects to nobody yet. */
export async function openRegistrySession(engine: Engine, access: RegistryAccess): Promise<RegistrySession> {
  const conf = await readRegistriesConf(engine.settings.registriesConf)
  const connections: Http[] = []
  const policyPath = access.policyPath ?? engine.settings.policyPath
  const retry = { ...defaultRetry, ...engine.settings.registryRetry, ...access.retry }
  const tell = tellingRetries(engine, retry.retries)
  const open = async (endpoint: Endpoint, how: Opening = {}): Promise<OpenedRegistry> => {
    const onRetry = tell(how.isSource === true ? endpoint : undefined)
    const policy = how.isAskedOnce === true ? { ...retry, retries: 0 } : { ...retry, onRetry }
    const isVerified = access.isTlsVerified ?? !endpoint.isInsecure
    const isInsecure = access.isTlsVerified === undefined ? endpoint.mayBePlain : !access.isTlsVerified
    const places = { folder: access.certificateFolder, home: process.env['HOME'] }
    const tls = (host: string) => tlsFor(host, places, isVerified)
    const http = await openHttp(tls(endpoint.reference.domain))
    connections.push(http)
    const { credentials: own, token } = endpoint.isElsewhere ? {} : access
    const credentials = own ?? (await storedCredentials(engine, conf, { access, endpoint }))
    const { signal } = engine
    const host = endpoint.reference.domain
    const registry: Registry = openRegistry({
      ...{ host, isInsecure, credentials, token, http, retry: policy, signal },
      isPassedOver: how.isOneOfSeveral === true,
    })
    return { registry, reference: endpoint.reference, retry: policy, signal, web: { signal, tls } }
  }
  return {
    conf,
    endpoints: (reference) => endpointsFor(conf, reference),
    gate: async (reference) => {
      if (policyPath === undefined) return undefined
      const { openGate } = await import('../../signature/policy.ts')
      return openGate(policyPath, { transport: 'docker', scope: reference })
    },
    destination: (reference) => endpointsFor(conf, reference).at(-1) as Endpoint,
    open,
    openSource: async (endpoint, how) => signedSource(engine, await open(endpoint, { ...how, isSource: true })),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(connections.map((http) => http[Symbol.asyncDispose]()))
    },
  }
}

/** With its signatures; behind no gate. @throws invalid `registries-d-malformed` */
export async function signedSource(engine: Engine, opened: OpenedRegistry): Promise<ImageSource> {
  const signatures = await signaturesAt(engine, opened)
  const { readRegistrySignatures } = await import('../../transport/registry/signatures.ts')
  const readSignatures = async (digest: Digest) => readRegistrySignatures(signatures, digest)
  return { ...registrySource(opened), readSignatures }
}

/** Where the signatures of its images are. @throws invalid `registries-d-malformed` */
export async function signaturesAt(engine: Engine, opened: OpenedRegistry): Promise<RegistrySignatures> {
  const { signatureStorage } = await import('../../transport/registry/registries-d.ts')
  const storage = await signatureStorage(engine.settings.signaturePlaces, opened.reference)
  return { at: opened, storage, web: opened.web }
}

/** As podman. Several requests that fail for one reason are told of once. */
function tellingRetries(engine: Engine, most: number) {
  const told = new Set<string>()
  return (source: Endpoint | undefined): NonNullable<RetryPolicy['onRetry']> =>
    ({ count, delayMs, error }) => {
      const reason = errorMessage(source === undefined ? error : asSourceError(error, source))
      const what = `Error: ${reason}`
      if (told.has(`${count} ${what}`)) return
      told.add(`${count} ${what}`)
      const message = `Failed, retrying in ${formatGoDuration(delayMs * 1e6)} ... (${count}/${most}). ${what}`
      engine.report({ type: 'warning', message })
    }
}

/** A registry that could not be read at all is named with what was wanted from it. */
export function asSourceError(error: unknown, endpoint: Endpoint): unknown {
  if (!(error instanceof EngineError) || error.message.includes('initializing source')) return error
  if (error.code !== 'registry-unreachable' && error.code !== 'registry-denied') return error
  const { kind, code, hint } = error
  const message = `initializing source ${dockerUrl(endpoint.reference)}: ${error.message}`
  return new EngineError({ kind, code, message, cause: error, ...(hint === undefined ? {} : { hint }) })
}

/** What messages call a reference in a registry. */
export function dockerUrl(reference: Reference): string {
  return `docker://${printReference(reference)}`
}

async function storedCredentials(
  engine: Engine,
  conf: RegistriesConf,
  on: { access: RegistryAccess; endpoint: Endpoint },
): Promise<Credentials | undefined> {
  if (on.access.isAnonymous === true) return undefined
  return findCredentials(credentialSources(engine, conf, on.access.authFile), on.endpoint.reference)
}

export function credentialSources(
  engine: Engine,
  conf: RegistriesConf,
  authFile: string | undefined,
): CredentialSources {
  return {
    authFile,
    environment: { ...process.env, REGISTRY_AUTH_FILE: engine.settings.authFile },
    isRootless: engine.settings.isRootless,
    userId: hostUser().uid,
    helper: askCredentialHelper,
    helpers: conf.credentialHelpers,
  }
}
