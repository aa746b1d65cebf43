// An image from any place to any other, without passing through the store unless that is one of the two.

import { defined } from '../../base/defined.ts'
import type { Digest } from '../../base/digest.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { copyToStore } from '../../transport/copy.ts'
import { copyToTarget, type OutwardOptions } from '../../transport/copy-to-target.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import type { ImageTarget } from '../../transport/image-target.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from './copy-context.ts'
import { parseOrigin, parseTarget, withSource } from './outward-source.ts'
import { optionsAt, type TargetOptions, withTarget } from './outward-target.ts'
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
  const destination = parseTarget(request.to)
  return withSource(engine, { origin, access: request.fromAccess }, async (opened) => {
    const source = withFewer(opened, options.parallelBlobs)
    if (destination.kind === 'store') {
      refuseForStore(options)
      const { platform, decryptionKeys, areSignaturesDropped = false } = options
      const names = [destination.name, ...(request.toAccess.additionalTags ?? [])].map((name) => targetName(name))
      const chosen = { names, areSignaturesDropped, ...defined({ platform, decryptionKeys }) }
      const { record, isOneOfSeveral } = await copyToStore(copyContext(engine), source, chosen)
      if (isOneOfSeveral) engine.report({ type: 'step', message: 'Copied one image of a list of several' })
      return record.manifestDigest
    }
    const signers = await openSigners(options.signing, destination)
    const target = { destination, options: request.toAccess }
    const write = async (to: ImageTarget) =>
      copyToTarget(engine, { source, target: to }, { ...optionsAt(destination.kind, options), signers })
    return (await withTarget(engine, target, write)).digest
  })
}

function withFewer(source: ImageSource, most: number | undefined): ImageSource {
  return most === undefined ? source : { ...source, parallelBlobs: Math.min(source.parallelBlobs, most) }
}

/** The store keeps images as they come, one at a time. */
function refuseForStore({ selection = 'system', format, codec, signing, encryption }: CopyOptions): void {
  if (encryption !== undefined)
    throw invalid('flags-conflict', 'an image is encrypted where it is pushed to, not in the store')
  if (signing?.gpgKey !== undefined || (signing?.sigstoreKeys ?? []).length > 0) {
    throw invalid('flags-conflict', 'an image is signed where it is pushed to, not in the store')
  }
  if (selection === 'system' && format === undefined && codec === undefined) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `${selection === 'system' ? 'another format or compression' : 'a whole list'} is not supported when copying into the store`,
    hint: 'The store keeps an image for one platform, as it came. A list of images elsewhere: manifest create --all NAME SOURCE',
  })
}
