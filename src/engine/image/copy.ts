// An image from any place to any other, without passing through the store unless that is one of the two.

import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { copyToStore } from '../../transport/copy.ts'
import { copyToTarget, type OutwardOptions } from '../../transport/copy-to-target.ts'
import type { ImageTarget } from '../../transport/image-target.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from './copy-context.ts'
import { type Origin, parseOrigin, withSource } from './outward-source.ts'
import { defaultFormat, type TargetOptions, withTarget } from './outward-target.ts'
import type { RegistryAccess } from './registry-session.ts'
import { targetName } from './tag.ts'

export interface CopyRequest {
  /** `transport:place`, or the name of an image of the store. */
  readonly from: string
  readonly to: string
  readonly fromAccess: RegistryAccess
  readonly toAccess: TargetOptions
}

/**
 * Idempotent; what broke off is continued by the next. Answers the manifest's digest at the destination.
 * @throws not-found; denied; unavailable; corrupt; unsupported `transport-unsupported`; conflict `save-target-exists`
 */
export async function copy(engine: Engine, request: CopyRequest, options: OutwardOptions): Promise<Digest> {
  const origin = parseOrigin(request.from)
  const destination = parseOrigin(request.to)
  return withSource(engine, { origin, access: request.fromAccess }, async (source) => {
    if (destination.kind === 'store') {
      refuseForStore(options)
      const { platform } = options
      const names = [targetName(destination.name)]
      const chosen = { names, ...(platform === undefined ? {} : { platform }) }
      return (await copyToStore(copyContext(engine), source, chosen)).record.manifestDigest
    }
    if (destination.kind === 'docker-archive') throw throughStore(origin)
    const target = { destination, options: request.toAccess }
    const wanted = { ...options, ...defaultFormat(destination.kind, options) }
    const write = async (to: ImageTarget) => copyToTarget(engine, { source, target: to }, wanted)
    return (await withTarget(engine, target, write)).digest
  })
}

/** The store keeps images as they come, one at a time. */
function refuseForStore({ selection = 'system', format, codec }: OutwardOptions): void {
  if (selection === 'system' && format === undefined && codec === undefined) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'flag-unsupported',
    message: `${selection === 'system' ? 'another format or compression' : 'a whole list'} is not supported when copying into the store`,
    hint: 'The store keeps an image for one platform, as it came. A list of images elsewhere: manifest create --all NAME SOURCE',
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
