// An image from any place to any other, without passing through the store unless that is one of the two.

import type { Digest } from '../../base/digest.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { copyToStore } from '../../transport/copy.ts'
import { copyToTarget, type OutwardOptions } from '../../transport/copy-to-target.ts'
import type { ImageTarget } from '../../transport/image-target.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from './copy-context.ts'
import { type Origin, parseOrigin, withSource } from './outward-source.ts'
import { defaultFormat, type TargetOptions, withTarget } from './outward-target.ts'
import type { RegistryAccess } from './registry-session.ts'
import { openSigners, type SigningRequest } from './signing.ts'
import { targetName } from './tag.ts'

export interface CopyRequest {
  /** `transport:place`, or the name of an image of the store. */
  readonly from: string
  readonly to: string
  readonly fromAccess: RegistryAccess
  readonly toAccess: TargetOptions
}

export interface CopyOptions extends OutwardOptions {
  readonly signing?: SigningRequest
}

/**
 * Idempotent; what broke off is continued by the next. Answers the manifest's digest at the destination.
 * @throws not-found; denied; unavailable; corrupt; unsupported `transport-unsupported`; conflict `save-target-exists`
 */
export async function copy(engine: Engine, request: CopyRequest, options: CopyOptions): Promise<Digest> {
  const origin = parseOrigin(request.from)
  const destination = parseOrigin(request.to)
  return withSource(engine, { origin, access: request.fromAccess }, async (source) => {
    if (destination.kind === 'store') {
      refuseForStore(options)
      const { platform, areSignaturesDropped = false } = options
      const names = [targetName(destination.name)]
      const chosen = { names, areSignaturesDropped, ...(platform === undefined ? {} : { platform }) }
      return (await copyToStore(copyContext(engine), source, chosen)).record.manifestDigest
    }
    if (destination.kind === 'docker-archive') throw throughStore(origin)
    const signers = await openSigners(options.signing, destination)
    const target = { destination, options: request.toAccess }
    const wanted = { ...options, signers, ...defaultFormat(destination.kind, options) }
    const write = async (to: ImageTarget) => copyToTarget(engine, { source, target: to }, wanted)
    return (await withTarget(engine, target, write)).digest
  })
}

/** The store keeps images as they come, one at a time. */
function refuseForStore({ isWhole, format, codec, signing }: CopyOptions): void {
  if (signing?.gpgKey !== undefined || (signing?.sigstoreKeys ?? []).length > 0) {
    throw invalid('flags-conflict', 'an image is signed where it is pushed to, not in the store')
  }
  if (isWhole !== true && format === undefined && codec === undefined) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `${isWhole === true ? '--all' : 'another format or compression'} is not supported when copying into the store`,
    hint: 'The store keeps an image for one platform, as it came.',
  })
}

function throughStore(origin: Origin): EngineError {
  const how =
    origin.kind === 'store'
      ? 'Use: push NAME docker-archive:PATH'
      : 'Pull or load it, then: push NAME docker-archive:PATH'
  return new EngineError({
    kind: 'unsupported',
    code: 'transport-unsupported',
    message: 'copies to docker-archive: are not supported: its layers have other bytes',
    hint: how,
  })
}
