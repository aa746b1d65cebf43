// Where login keeps a registry's credentials and logout finds them: a file, or the helper that the configuration names for it.

import { join } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { isObject } from '../../image/bounded-json.ts'
import { parseReference } from '../../image/reference.ts'
import { readAuthDocument } from '../../transport/registry/auth-file.ts'
import { authFiles, serverOf } from '../../transport/registry/credentials.ts'
import type { RegistriesConf } from '../../transport/registry/registries-conf.ts'
import type { Engine } from '../engine.ts'
import { credentialSources } from '../image/registry-session.ts'

export interface AuthFileChoice {
  /** --authfile */
  readonly authFile?: string
  /** --compat-auth-file: docker's config.json. */
  readonly compatFile?: string
}

export interface CredentialPlace {
  readonly path: string
  /** Of docker's format: the registry docker.io has another key, and namespaces have none. */
  readonly isCompatible: boolean
  /** As `docker-credential-<helper>`. */
  readonly helper: string | undefined
}

export interface RegistryKey {
  /** What the file calls it: `quay.io`, or a namespace or repository in it. */
  readonly key: string
  /** `quay.io` */
  readonly registry: string
}

/** Without a name: the first registry that short names are looked for in. @throws invalid `registry-missing`, `reference-malformed` */
export function parseRegistryKey(conf: RegistriesConf, text: string | undefined): RegistryKey {
  const chosen = text ?? conf.searchRegistries[0]
  if (chosen === undefined || chosen === '') {
    throw invalid('registry-missing', 'no registries found in registries.conf, a registry must be provided')
  }
  const key = /^https?:\/\//.test(chosen) ? (URL.parse(chosen)?.host ?? '') : chosen.replace(/\/+$/, '')
  const registry = key.split('/')[0] ?? ''
  if (!/^[\w.-]+(:\d+)?$|^\[[0-9a-fA-F:]+\](:\d+)?$/.test(registry)) {
    throw invalid('reference-malformed', `'${chosen.slice(0, 300)}' does not name a registry`)
  }
  if (registry !== key) {
    const { tag, digest } = parseReference(key)
    if (tag !== undefined || digest !== undefined) {
      throw invalid('reference-malformed', `reference "${key}" contains tag or digest`)
    }
  }
  return { key, registry }
}

/** @throws invalid `flags-conflict`; corrupt when the file is damaged */
export function credentialPlace(
  engine: Engine,
  conf: RegistriesConf,
  on: { registry: string; choice: AuthFileChoice },
): CredentialPlace {
  const { path, isCompatible } = chosenFile(engine, conf, on.choice)
  const document = readAuthDocument(path)
  const helpers = isObject(document['credHelpers']) ? document['credHelpers'] : {}
  const own = helpers[on.registry] ?? helpers[serverOf(on.registry)] ?? document['credsStore']
  const configured = conf.credentialHelpers[0]
  const helper = own ?? (configured === 'containers-auth.json' ? undefined : configured)
  if (helper === undefined || helper === '') return { path, isCompatible, helper: undefined }
  if (typeof helper === 'string' && /^[\w.-]+$/.test(helper)) return { path, isCompatible, helper }
  throw new EngineError({
    kind: 'invalid',
    code: 'credential-helper-malformed',
    message: `'${path}' names no usable credential helper for ${on.registry}`,
  })
}

/** The key within a file of that format. @throws invalid `credentials-namespaced` */
export function keyIn(place: CredentialPlace, { key, registry }: RegistryKey): string {
  if (!place.isCompatible) return key
  if (key === registry) return serverOf(registry)
  throw invalid(
    'credentials-namespaced',
    `docker's configuration has credentials for registries only, not for '${key}'`,
    `Log in to ${registry}, or leave out --compat-auth-file.`,
  )
}

function chosenFile(
  engine: Engine,
  conf: RegistriesConf,
  { authFile, compatFile }: AuthFileChoice,
): Pick<CredentialPlace, 'path' | 'isCompatible'> {
  if (authFile !== undefined && compatFile !== undefined) {
    throw invalid(
      'flags-conflict',
      'options for paths to the credential file and to the Docker-compatible credential file can not be set simultaneously',
    )
  }
  if (compatFile !== undefined) return { path: compatFile, isCompatible: true }
  const docker = process.env['DOCKER_CONFIG']
  if (authFile === undefined && engine.settings.authFile === undefined && docker !== undefined && docker !== '') {
    return { path: join(docker, 'config.json'), isCompatible: true }
  }
  return { path: authFiles(credentialSources(engine, conf, authFile))[0] as string, isCompatible: false }
}
