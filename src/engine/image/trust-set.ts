// One entry of policy.json, made or replaced; whatever else is in the file stays as it is.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../../image/bounded-json.ts'
import { duplicateKey } from '../../image/duplicate-key.ts'
import { replaceUserFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { maxPolicyBytes } from '../../signature/policy-document.ts'
import { lockImages } from '../../transport/image-store.ts'
import { systemPolicyFile } from '../config/configuration-files.ts'
import type { Engine } from '../engine.ts'

export type TrustType = 'insecureAcceptAnything' | 'reject' | 'signedBy' | 'sigstoreSigned'

export interface TrustEntry {
  /** `default`, or a scope of a registry. */
  readonly scope: string
  readonly type: TrustType
  /** One requirement each: an image must be signed by a key of every one. */
  readonly keyFiles: readonly string[]
  readonly policyPath?: string
}

/** Atomic, unless the file is a mount: who reads it meanwhile finds the old or the new one. @throws invalid; not-found `key-missing`; corrupt */
export async function setTrust(engine: Engine, entry: TrustEntry): Promise<void> {
  const requirements = requirementsOf(entry)
  const path = entry.policyPath ?? engine.settings.policyPath ?? systemPolicyFile
  using _lock = await lockImages(engine.at, engine.patience)
  const policy = withEntry(readPolicy(path), entry.scope, requirements)
  makeFolders(dirname(path), 0o755)
  replaceUserFile(path, JSON.stringify(policy, undefined, 4), { mode: 0o644 })
}

function requirementsOf({ type, keyFiles }: TrustEntry): JsonObject[] {
  if (type === 'insecureAcceptAnything' || type === 'reject') {
    if (keyFiles.length === 0) return [{ type }]
    const shown = type === 'reject' ? type : 'accept'
    throw invalid('flags-conflict', `${keyFiles.length} public keys unexpectedly provided for trust type ${shown}`)
  }
  if (keyFiles.length === 0) {
    throw invalid(
      'flag-missing',
      `at least one public key must be defined for type '${type}'`,
      'Say: --pubkeysfile FILE',
    )
  }
  return keyFiles.map((file) => {
    const keyPath = resolve(file)
    if (!existsSync(keyPath)) throw missing(file)
    return type === 'signedBy' ? { type, keyType: 'GPGKeys', keyPath } : { type, keyPath }
  })
}

function readPolicy(path: string): JsonObject {
  const bytes = absentAsUndefined(() => readFileSync(path))
  if (bytes === undefined) return {}
  const policy = parseBoundedJson(bytes, { what: `'${path}'`, maxBytes: maxPolicyBytes })
  const twice = duplicateKey(bytes.toString('utf8'))
  if (twice === undefined) return policy
  throw invalid('policy-malformed', `could not read trust policies: the key "${twice}" is in '${path}' twice`)
}

function withEntry(policy: JsonObject, scope: string, requirements: readonly JsonObject[]): JsonObject {
  if (scope === 'default') return { ...policy, default: requirements }
  if (policy['default'] === undefined) {
    throw invalid(
      'policy-malformed',
      'default trust policy must be set',
      'First: image trust set --type reject default',
    )
  }
  const transports = isObject(policy['transports']) ? policy['transports'] : {}
  const known = Object.keys(transports).find((name) => {
    const scopes = transports[name]
    return isObject(scopes) && Object.hasOwn(scopes, scope)
  })
  const transport = known ?? 'docker'
  const scopes = isObject(transports[transport]) ? transports[transport] : {}
  return { ...policy, transports: { ...transports, [transport]: { ...scopes, [scope]: requirements } } }
}

function missing(path: string): EngineError {
  return new EngineError({ kind: 'not-found', code: 'key-missing', message: `no public key file '${path}'` })
}
