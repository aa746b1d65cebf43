// From a reference to opened sources: registries.conf, policy, credentials, certificates and connections, in one place for every verb.

import type { Reference } from '../../image/reference.ts'
import { printReference } from '../../image/reference.ts'
import { checkPolicy } from '../../signature/policy.ts'
import { tlsFor } from '../../transport/registry/certificates.ts'
import { openRegistry, type Registry } from '../../transport/registry/client.ts'
import { type CredentialSources, type Credentials, findCredentials } from '../../transport/registry/credentials.ts'
import { type Endpoint, endpointsFor } from '../../transport/registry/endpoints.ts'
import { type Http, openHttp } from '../../transport/registry/http.ts'
import { type RegistriesConf, readRegistriesConf } from '../../transport/registry/registries-conf.ts'
import { defaultRetry, type RetryPolicy } from '../../transport/registry/retry.ts'
import type { RegistrySourceOptions } from '../../transport/registry/source.ts'
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
  readonly authFile?: string
  readonly certificateFolder?: string
  readonly policyPath?: string
  /** What is not said is containers.conf's, or the default. */
  readonly retry?: Partial<RetryPolicy>
}

export interface RegistrySession extends AsyncDisposable {
  readonly conf: RegistriesConf
  /** Mirrors first. @throws denied `registry-blocked`, `policy-rejects` */
  endpoints(reference: Reference): Endpoint[]
  /** Where images are written to: never a mirror, and no policy is asked. @throws denied `registry-blocked` */
  destination(reference: Reference): Endpoint
  open(endpoint: Endpoint): Promise<RegistrySourceOptions>
}

/** Reads configuration; connects to nobody yet. */
export async function openRegistrySession(engine: Engine, access: RegistryAccess): Promise<RegistrySession> {
  const conf = await readRegistriesConf(engine.settings.registriesConf)
  const connections: Http[] = []
  const policyPath = access.policyPath ?? engine.settings.policyPath
  const retry = { ...defaultRetry, ...engine.settings.registryRetry, ...access.retry }
  return {
    conf,
    endpoints: (reference) => {
      if (policyPath !== undefined) checkPolicy(policyPath, { transport: 'docker', scope: reference })
      return endpointsFor(conf, reference)
    },
    destination: (reference) => endpointsFor(conf, reference).at(-1) as Endpoint,
    open: async (endpoint) => {
      const isInsecure = access.isTlsVerified === undefined ? endpoint.isInsecure : !access.isTlsVerified
      const places = { folder: access.certificateFolder, home: process.env['HOME'] }
      const http = await openHttp(tlsFor(endpoint.reference.domain, places, !isInsecure))
      connections.push(http)
      const { credentials: own, token } = endpoint.isElsewhere ? {} : access
      const credentials = own ?? (await storedCredentials(engine, conf, { access, endpoint }))
      const { signal } = engine
      const host = endpoint.reference.domain
      const registry: Registry = openRegistry({ host, isInsecure, credentials, token, http, retry, signal })
      return { registry, reference: endpoint.reference, retry, signal }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(connections.map((http) => http[Symbol.asyncDispose]()))
    },
  }
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
