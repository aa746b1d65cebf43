// The gate of policy.json: what it demands of an image, decided on the very manifest that is taken over.

import { readFileSync, realpathSync } from 'node:fs'
import { absentAsUndefined, EngineError, errorMessage, invalid } from '../base/errors.ts'
import { printReference, type Reference } from '../image/reference.ts'
import { exactName, referenceScopes } from '../image/reference-scopes.ts'
import type { ImageSignature } from './image-signature.ts'
import { type Policy, parsePolicy, type Requirement } from './policy-document.ts'
import { rejected } from './rejected.ts'

export interface PolicySubject {
  /** `docker`, `docker-archive`, `oci`, `oci-archive`, `dir`, `tarball` */
  readonly transport: string
  /** What scopes match: a reference for `docker`, a path for folders and archives. */
  readonly scope: Reference | string
}

export interface UnverifiedImage {
  readonly manifest: Uint8Array
  /** Asked for at most once, and only where the policy wants signatures. */
  readSignatures(): Promise<readonly ImageSignature[]>
}

export interface Gate {
  /** Returns if the policy accepts the image. @throws denied `policy-rejects`; what reading the signatures throws */
  admit(image: UnverifiedImage): Promise<void>
}

/**
 * The part of the policy that is about `subject`. What is rejected whatever its signatures is refused here, before anybody is asked for it.
 * @throws not-found `policy-missing`; denied `policy-rejects`; invalid `policy-malformed`
 */
export function openGate(path: string, subject: PolicySubject): Gate {
  const requirements = requirementsFor(readPolicy(path), subject)
  const refuse = (reason: string, cause?: unknown) => refusal(path, { subject, reason, cause })
  if (requirements.some(({ type }) => type === 'reject')) {
    throw refuse(`Running image ${shown(subject)} is rejected by policy.`)
  }
  return {
    admit: async (image) => {
      let reading: Promise<readonly ImageSignature[]> | undefined
      for (const requirement of requirements) {
        if (requirement.type === 'insecureAcceptAnything') continue
        reading ??= image.readSignatures()
        await check(requirement, { subject, manifest: image.manifest, signatures: await reading }, refuse)
      }
    },
  }
}

interface Evidence {
  readonly subject: PolicySubject
  readonly manifest: Uint8Array
  readonly signatures: readonly ImageSignature[]
}

async function check(
  requirement: Exclude<Requirement, { type: 'insecureAcceptAnything' }>,
  { subject, manifest, signatures }: Evidence,
  refuse: (reason: string, cause?: unknown) => EngineError,
): Promise<void> {
  const intended = typeof subject.scope === 'string' ? undefined : exactName(subject.scope)
  const image = { manifest, intended }
  try {
    switch (requirement.type) {
      case 'signedBy':
        return await (await import('./signed-by.ts')).checkSignedBy(requirement, image, signatures)
      case 'sigstoreSigned':
        return await (await import('./sigstore-signed.ts')).checkSigstoreSigned(requirement, image, signatures)
      default:
        throw rejected(`the requirement ${requirement.type} can be met by no image`)
    }
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'signature-rejected') throw error
    throw refuse(errorMessage(error), error)
  }
}

function readPolicy(path: string): Policy {
  const bytes = absentAsUndefined(() => readFileSync(path))
  if (bytes === undefined) {
    throw new EngineError({
      kind: 'not-found',
      code: 'policy-missing',
      message: `open ${path}: no such file or directory`,
    })
  }
  try {
    return parsePolicy(bytes)
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause
    throw invalid('policy-malformed', `invalid policy in "${path}": ${cause.message}`)
  }
}

/** The most specific scope of the transport, then its empty scope, then the default. */
function requirementsFor(policy: Policy, subject: PolicySubject): readonly Requirement[] {
  const scopes = policy.transports.get(subject.transport)
  const scope = [...scopesOf(subject), ''].find((each) => scopes?.has(each) === true)
  return (scope === undefined ? undefined : scopes?.get(scope)) ?? policy.default
}

function scopesOf({ transport, scope }: PolicySubject): string[] {
  if (typeof scope !== 'string') return referenceScopes(scope)
  return ['dir', 'oci', 'oci-archive'].includes(transport) && scope !== '' ? pathScopes(scope) : []
}

/** Of the place that the path leads to. */
function pathScopes(path: string): string[] {
  const real = absentAsUndefined(() => realpathSync(path)) ?? path
  const scopes = [real]
  for (let at = real.lastIndexOf('/'); at > 0; at = real.lastIndexOf('/', at - 1)) scopes.push(real.slice(0, at))
  return scopes
}

function refusal(
  path: string,
  of: { readonly subject: PolicySubject; readonly reason: string; readonly cause: unknown },
): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'policy-rejects',
    message: `Source image rejected: ${of.reason}`,
    hint: `What ${path} demands of ${shown(of.subject)} is not met.`,
    cause: of.cause,
  })
}

function shown({ transport, scope }: PolicySubject): string {
  return `${transport}:${typeof scope === 'string' ? scope : `//${printReference(scope)}`}`
}
