// policy.json (containers-policy.json(5)) as a document: read whole and strictly, for a key that is misspelt would be a gate left open.

import { posix } from 'node:path'
import { type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { duplicateKey } from '../image/duplicate-key.ts'
import { type KeyMaterial, materialAt } from './key-material.ts'
import { malformed, readSection, requiredTextAt, type Section } from './policy-section.ts'
import { defaultIdentity, parseSignedIdentity, type SignedIdentity } from './signed-identity.ts'
import { parseSigstoreRoots, type SigstoreRoots, sigstoreRootKeys } from './sigstore-roots.ts'

export type Requirement =
  | { readonly type: 'insecureAcceptAnything' | 'reject' | 'signedBaseLayer' }
  | SignedByRequirement
  | SigstoreRequirement

export interface SignedByRequirement {
  readonly type: 'signedBy'
  readonly keyType: string
  readonly keys: KeyMaterial
  readonly identity: SignedIdentity
}

export interface SigstoreRequirement {
  readonly type: 'sigstoreSigned'
  readonly roots: SigstoreRoots
  readonly identity: SignedIdentity
}

export interface Policy {
  readonly default: readonly Requirement[]
  /** Transport → scope → requirements. */
  readonly transports: ReadonlyMap<string, ReadonlyMap<string, readonly Requirement[]>>
}

export const maxPolicyBytes = 1024 * 1024
const gpgKeyTypes = ['GPGKeys', 'signedByGPGKeys', 'X509Certificates', 'signedByX509CAs']

/** @throws invalid `policy-malformed`, naming the place; corrupt `document-…` for what is no JSON object */
export function parsePolicy(bytes: Uint8Array): Policy {
  const document = parseBoundedJson(bytes, { what: 'policy', maxBytes: maxPolicyBytes })
  const twice = duplicateKey(Buffer.from(bytes).toString('utf8'))
  if (twice !== undefined) throw malformed('policy', `the key "${twice.slice(0, 200)}" is there twice`)
  const { value } = readSection(document, 'policy', ['default', 'transports'])
  const transports = value['transports'] === undefined ? {} : objectAt(value['transports'], 'transports')
  return {
    default: parseRequirements(value['default'], 'default'),
    transports: new Map(Object.entries(transports).map(([name, scopes]) => [name, parseScopes(name, scopes)])),
  }
}

function parseScopes(transport: string, value: unknown): Map<string, readonly Requirement[]> {
  const place = `transports.${transport}`
  const scopes = Object.entries(objectAt(value, place)).map(([scope, requirements]) => {
    const own = `${place}["${scope}"]`
    checkScope(transport, scope, own)
    return [scope, parseRequirements(requirements, own)] as const
  })
  return new Map(scopes)
}

/** A scope that could never match is a mistake. What a registry's look like is not checked, as elsewhere. */
function checkScope(transport: string, scope: string, place: string): void {
  if (scope === '') return
  if (transport === 'docker-archive' || transport === 'tarball') {
    throw malformed(place, `${transport}: does not support any scopes except the default "" one`)
  }
  if (!['dir', 'oci', 'oci-archive'].includes(transport)) return
  if (!scope.startsWith('/')) throw malformed(place, 'it must be an absolute path')
  if (scope === '/') throw malformed(place, 'use the generic default scope ""')
  const clean = posix.normalize(scope).replace(/\/$/, '')
  if (clean !== scope) throw malformed(place, `the path is not in its canonical form, ${clean}`)
}

function parseRequirements(value: unknown, place: string): Requirement[] {
  if (value === undefined) throw malformed(place, 'it is missing')
  if (!Array.isArray(value)) throw malformed(place, 'it is not a list of requirements')
  if (value.length === 0) throw malformed(place, 'the list of requirements must not be empty')
  return value.map((each, at) => parseRequirement(each, `${place}[${at}]`))
}

function parseRequirement(value: unknown, place: string): Requirement {
  const type = requiredTextAt({ value: objectAt(value, place), place }, 'type')
  switch (type) {
    case 'insecureAcceptAnything':
    case 'reject':
      readSection(value, place, ['type'])
      return { type }
    case 'signedBaseLayer': {
      const { value: own } = readSection(value, place, ['type', 'baseLayerIdentity'])
      parseSignedIdentity(own['baseLayerIdentity'], `${place}.baseLayerIdentity`)
      return { type }
    }
    case 'signedBy':
      return parseSignedBy(
        readSection(value, place, ['type', 'keyType', 'keyPath', 'keyPaths', 'keyData', 'signedIdentity']),
      )
    case 'sigstoreSigned': {
      const section = readSection(value, place, ['type', ...sigstoreRootKeys, 'signedIdentity'])
      return { type, roots: parseSigstoreRoots(section), identity: identityAt(section) }
    }
    default:
      throw malformed(place, `unknown policy requirement type "${type.slice(0, 100)}"`)
  }
}

function parseSignedBy(section: Section): SignedByRequirement {
  const keyType = requiredTextAt(section, 'keyType')
  if (!gpgKeyTypes.includes(keyType)) throw malformed(`${section.place}.keyType`, `unrecognized value "${keyType}"`)
  const keys = materialAt(section, { path: 'keyPath', paths: 'keyPaths', data: 'keyData' })
  if (keys === undefined) throw malformed(section.place, 'exactly one of keyPath, keyPaths and keyData must be given')
  return { type: 'signedBy', keyType, keys, identity: identityAt(section) }
}

function identityAt({ value, place }: Section): SignedIdentity {
  const given = value['signedIdentity']
  return given === undefined ? defaultIdentity : parseSignedIdentity(given, `${place}.signedIdentity`)
}

function objectAt(value: unknown, place: string): JsonObject {
  return readSection(value, place, Object.keys(value ?? {})).value
}
