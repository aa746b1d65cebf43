// login: credentials that the registry has accepted are kept for pulls and pushes to come.

import { EngineError, invalid } from '../../base/errors.ts'
import { updateAuthDocument, withEntry } from '../../transport/registry/auth-file.ts'
import { type Credentials, findCredentials, serverOf } from '../../transport/registry/credentials.ts'
import { readRegistriesConf } from '../../transport/registry/registries-conf.ts'
import type { Engine } from '../engine.ts'
import { storeWithHelper } from '../image/credential-helper.ts'
import { credentialSources, openRegistrySession, type RegistryAccess } from '../image/registry-session.ts'
import {
  type AuthFileChoice,
  type CredentialPlace,
  credentialPlace,
  keyIn,
  parseRegistryKey,
} from './credential-place.ts'

export interface LoginTarget extends AuthFileChoice, Omit<RegistryAccess, 'credentials' | 'authFile'> {
  /** A registry, a namespace or a repository; the first search registry unless said. */
  readonly registry: string | undefined
}

export interface OpenedLogin {
  readonly key: string
  readonly registry: string
  readonly known: Credentials | undefined
  /** Asks the registry. @throws unavailable; corrupt */
  isAccepted(credentials: Credentials): Promise<boolean>
  /** Answers where it was kept. Atomic. */
  keep(credentials: Credentials): Promise<string>
}

/** Nothing is asked or changed yet. @throws invalid; corrupt */
export async function openLogin(engine: Engine, target: LoginTarget): Promise<OpenedLogin> {
  const conf = await readRegistriesConf(engine.settings.registriesConf)
  const named = parseRegistryKey(conf, target.registry)
  const place = credentialPlace(engine, conf, { registry: named.registry, choice: target })
  const fileKey = keyIn(place, named)
  const path = named.key.slice(named.registry.length + 1)
  const sources = credentialSources(engine, conf, target.authFile ?? target.compatFile)
  const reference = { domain: named.registry, path }
  const { authFile: _chosen, compatFile: _compatible, ...access } = target
  return {
    ...named,
    known: await findCredentials(sources, reference).catch(absentFile),
    isAccepted: async (credentials) => isAccepted(engine, named.registry, { ...access, credentials }),
    keep: async (credentials) => keep(place, { key: fileKey, registry: named.registry }, credentials),
  }
}

/** --authfile may name a file that is yet to be made. */
function absentFile(error: unknown): undefined {
  if (!(error instanceof EngineError) || error.code !== 'auth-file-missing') throw error
}

async function isAccepted(engine: Engine, registry: string, access: RegistryAccess): Promise<boolean> {
  await using session = await openRegistrySession(engine, access)
  const endpoint = session.destination({ domain: registry, path: '' })
  const opened = await session.open({ ...endpoint, isElsewhere: false }, { isAskedOnce: true })
  try {
    const response = await opened.registry.send({ path: '/v2/', scope: '', what: `version of ${registry}` })
    await response.discard()
    if (response.status === 200) return true
    throw invalid('registry-malformed', `${registry} answered ${response.status}: it is not a registry`)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'denied') return false
    throw explain(error, registry)
  }
}

function explain(error: unknown, registry: string): unknown {
  if (!(error instanceof EngineError)) return error
  const { kind, code, hint } = error
  const message = `authenticating creds for "${registry}": ${error.message}`
  return new EngineError({ kind, code, message, cause: error, ...(hint === undefined ? {} : { hint }) })
}

async function keep(
  place: CredentialPlace,
  on: { key: string; registry: string },
  credentials: Credentials,
): Promise<string> {
  if (place.helper !== undefined) {
    await storeWithHelper(place.helper, serverOf(on.registry), credentials)
    return `docker-credential-${place.helper}`
  }
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  await updateAuthDocument(place.path, (document) => withEntry(document, on.key, auth))
  return place.path
}
