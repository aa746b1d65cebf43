// The policy as a table for people: who is trusted with what, and where signatures are looked for. It decides nothing, so that it also
// shows a policy that is not understood.

import { readFileSync } from 'node:fs'
import { EngineError, errorReason } from '../../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../../image/bounded-json.ts'
import { userIdsOf } from '../../signature/gpg.ts'
import { maxPolicyBytes } from '../../signature/policy-document.ts'
import { type RegistriesD, readRegistriesD } from '../../transport/registry/registries-d.ts'
import { systemPolicyFile } from '../config/configuration-files.ts'
import type { Engine } from '../engine.ts'

export interface TrustFiles {
  readonly policyPath?: string
  /** In place of registries.d. */
  readonly registriesFolder?: string
}

export interface TrustRow {
  /** `all`, `repository`, or as the policy calls it. */
  readonly transport: string
  readonly name: string
  readonly repoName: string
  readonly type: string
  /** Whose keys. */
  readonly keyIds: string
  readonly signatureStore: string
}

const descriptions: Readonly<Record<string, string>> = {
  insecureAcceptAnything: 'accept',
  signedBy: 'signed',
  sigstoreSigned: 'sigstoreSigned',
  reject: 'reject',
}

/** The file as it is. @throws not-found `policy-missing` */
export function readPolicyText(engine: Engine, { policyPath }: TrustFiles): string {
  const path = policyPath ?? engine.settings.policyPath ?? systemPolicyFile
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new EngineError({
      kind: 'not-found',
      code: 'policy-missing',
      message: `open ${path}: ${errorReason(cause)}`,
      cause,
    })
  }
}

/** Default first, then by transport and scope. @throws not-found `policy-missing`; invalid `registries-d-malformed`; corrupt */
export async function showTrust(engine: Engine, files: TrustFiles): Promise<TrustRow[]> {
  const text = readPolicyText(engine, files)
  const policy = parseBoundedJson(Buffer.from(text), { what: 'trust policies', maxBytes: maxPolicyBytes })
  const folders =
    files.registriesFolder === undefined ? engine.settings.signaturePlaces.configFolders : [files.registriesFolder]
  const registries = await readRegistriesD(folders)
  const all = { transport: 'all', name: '* (default)', repoName: 'default', signatureStore: storeOf(registries, '') }
  const rows = [rowsOf(policy['default'], all)]
  for (const [transport, scopes] of sorted(policy['transports'])) {
    for (const [scope, requirements] of sorted(scopes)) {
      const shown = transport === 'docker' ? 'repository' : transport
      const signatureStore = storeOf(registries, scope)
      rows.push(rowsOf(requirements, { transport: shown, name: scope, repoName: scope, signatureStore }))
    }
  }
  return (await Promise.all(rows)).flat()
}

function sorted(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : []
}

async function rowsOf(requirements: unknown, row: Omit<TrustRow, 'type' | 'keyIds'>): Promise<TrustRow[]> {
  const list = Array.isArray(requirements) ? requirements.filter(isObject) : []
  return Promise.all(
    list.map(async (requirement) => {
      const type = String(requirement['type'])
      return { ...row, type: descriptions[type] ?? '', keyIds: await keyIdsOf(type, requirement) }
    }),
  )
}

async function keyIdsOf(type: string, requirement: JsonObject): Promise<string> {
  if (type === 'sigstoreSigned') return 'N/A'
  if (type !== 'signedBy') return ''
  const { keyPath, keyPaths, keyData } = requirement
  const paths = [keyPath, ...(Array.isArray(keyPaths) ? keyPaths : [])].filter((path) => typeof path === 'string')
  const keys = [...paths.flatMap(readableKey), ...(typeof keyData === 'string' ? [Buffer.from(keyData, 'base64')] : [])]
  return (await Promise.all(keys.map(userIdsOf))).flat().join(', ')
}

/** A key that is missing has no ids: pulling says what is wrong. */
function readableKey(path: string): Buffer[] {
  try {
    return [readFileSync(path)]
  } catch {
    return []
  }
}

/** Of the scope or the nearest one above it. */
function storeOf({ defaults, scopes }: RegistriesD, scope: string): string {
  for (let name = scope; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('/'), 0))) {
    const entry = scopes.get(name)
    if (entry !== undefined) return entry.lookaside ?? ''
  }
  return defaults.lookaside ?? ''
}
