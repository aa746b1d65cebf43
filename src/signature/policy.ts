// containers-policy.json(5), as far as it can be decided without signatures: `reject` and `insecureAcceptAnything`. Any other
// requirement that applies is refused by name rather than skipped.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, EngineError, invalid } from '../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { printReference, type Reference, repositoryOf } from '../image/reference.ts'

export interface PolicySubject {
  /** `docker`, `docker-archive`, `oci`, `oci-archive`, `dir` */
  readonly transport: string
  /** What scopes match: a reference for `docker`, else a path. */
  readonly scope: Reference | string
}

const maxPolicyBytes = 1024 * 1024

/**
 * Does nothing if the policy accepts the image.
 * @throws not-found `policy-missing`; denied `policy-rejects`; unsupported `policy-requirement`; invalid `policy-malformed`
 */
export function checkPolicy(path: string, subject: PolicySubject): void {
  const bytes = absentAsUndefined(() => readFileSync(path))
  if (bytes === undefined) {
    throw new EngineError({
      kind: 'not-found',
      code: 'policy-missing',
      message: `open ${path}: no such file or directory`,
    })
  }
  const policy = parseBoundedJson(bytes, { what: `'${path}'`, maxBytes: maxPolicyBytes })
  const requirements = requirementsFor(policy, subject)
  if (!Array.isArray(requirements) || requirements.length === 0) {
    throw invalid('policy-malformed', `'${path}' has no requirements for ${shown(subject)}`)
  }
  for (const requirement of requirements) check(requirement, subject, path)
}

function check(requirement: unknown, subject: PolicySubject, path: string): void {
  const type = isObject(requirement) ? requirement['type'] : undefined
  if (type === 'insecureAcceptAnything') return
  if (type === 'reject') {
    throw new EngineError({
      kind: 'denied',
      code: 'policy-rejects',
      message: `Source image rejected: Running image ${shown(subject)} is rejected by policy.`,
      hint: `The policy is in ${path}.`,
    })
  }
  throw new EngineError({
    kind: 'unsupported',
    code: 'policy-requirement',
    message: `'${path}' wants '${String(type)}' for ${shown(subject)}: signatures cannot be verified yet`,
    hint: 'Only insecureAcceptAnything and reject are understood; the image was not fetched.',
  })
}

/** The most specific scope of the transport, then its empty scope, then the default. */
function requirementsFor(policy: JsonObject, subject: PolicySubject): unknown {
  const transports = isObject(policy['transports']) ? policy['transports'] : {}
  const scopes = isObject(transports[subject.transport]) ? (transports[subject.transport] as JsonObject) : {}
  for (const scope of scopesOf(subject)) if (scopes[scope] !== undefined) return scopes[scope]
  return scopes[''] ?? policy['default']
}

function scopesOf(subject: PolicySubject): string[] {
  if (typeof subject.scope === 'string') return pathScopes(subject.scope)
  const full = printReference(subject.scope)
  const scopes = [full, repositoryOf(subject.scope)]
  for (let name = repositoryOf(subject.scope); name.includes('/'); ) {
    name = name.slice(0, name.lastIndexOf('/'))
    scopes.push(name)
  }
  const labels = subject.scope.domain.replace(/:\d+$/, '').split('.')
  for (let at = 1; at < labels.length; at++) scopes.push(`*.${labels.slice(at).join('.')}`)
  return scopes
}

function pathScopes(path: string): string[] {
  const scopes = [path]
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) scopes.push(path.slice(0, at))
  return scopes
}

function shown(subject: PolicySubject): string {
  const scope = typeof subject.scope === 'string' ? subject.scope : `//${printReference(subject.scope)}`
  return `${subject.transport}:${scope}`
}
