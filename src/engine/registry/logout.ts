// logout: forgets what login kept.

import { EngineError } from '../../base/errors.ts'
import { isObject } from '../../image/bounded-json.ts'
import { authsOf, readAuthDocument, updateAuthDocument, withoutEntries } from '../../transport/registry/auth-file.ts'
import { findCredentials, serverOf } from '../../transport/registry/credentials.ts'
import { readRegistriesConf } from '../../transport/registry/registries-conf.ts'
import type { Engine } from '../engine.ts'
import { askCredentialHelper, eraseWithHelper } from '../image/credential-helper.ts'
import { credentialSources } from '../image/registry-session.ts'
import {
  type AuthFileChoice,
  type CredentialPlace,
  credentialPlace,
  keyIn,
  parseRegistryKey,
} from './credential-place.ts'

/** Answers what it is logged out from. @throws not-found `login-missing` */
export async function logout(engine: Engine, registry: string | undefined, choice: AuthFileChoice): Promise<string> {
  const conf = await readRegistriesConf(engine.settings.registriesConf)
  const named = parseRegistryKey(conf, registry)
  const place = credentialPlace(engine, conf, { registry: named.registry, choice })
  const isErased = await eraseHelped(place, named.registry)
  let isRemoved = false
  await updateAuthDocument(place.path, (document) => {
    const changed = withoutEntries(document, [keyIn(place, named)])
    isRemoved = changed !== undefined
    return changed
  })
  if (isErased || isRemoved) return named.key
  const path = named.key.slice(named.registry.length + 1)
  const sources = credentialSources(engine, conf, choice.authFile ?? choice.compatFile)
  const other = await findCredentials(sources, { domain: named.registry, path })
  throw notLoggedIn(named.key, other !== undefined)
}

/** Of the one file, and of the helpers that it names. Idempotent. */
export async function logoutEverywhere(engine: Engine, choice: AuthFileChoice): Promise<void> {
  const conf = await readRegistriesConf(engine.settings.registriesConf)
  const place = credentialPlace(engine, conf, { registry: '', choice })
  const document = readAuthDocument(place.path)
  const helpers = isObject(document['credHelpers']) ? Object.keys(document['credHelpers']) : []
  for (const registry of new Set([...helpers, ...Object.keys(authsOf(document))])) {
    await eraseHelped(credentialPlace(engine, conf, { registry, choice }), registry)
  }
  await updateAuthDocument(place.path, (current) => ({ ...current, auths: {} }))
}

/** A helper that gives nothing away has nothing to forget, whatever its reason. */
async function isKept(helper: string, registry: string): Promise<boolean> {
  try {
    return (await askCredentialHelper(helper, serverOf(registry))) !== undefined
  } catch (error) {
    if (error instanceof EngineError && error.code.startsWith('credential-helper-')) return false
    throw error
  }
}

/** False where no helper is in charge, or it has nothing. */
async function eraseHelped({ helper }: CredentialPlace, registry: string): Promise<boolean> {
  if (helper === undefined) return false
  if (!(await isKept(helper, registry))) return false
  await eraseWithHelper(helper, serverOf(registry))
  return true
}

function notLoggedIn(key: string, isKnownElsewhere: boolean): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'login-missing',
    message: `not logged into ${key}`,
    ...(isKnownElsewhere
      ? {
          hint: 'Another file has credentials for it: docker logout, or name that file with --authfile or --compat-auth-file.',
        }
      : {}),
  })
}
