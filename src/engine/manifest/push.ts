// manifest push: a list with its images, or (index-only) without, to a registry, an OCI layout or a folder.

import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { copyToTarget, type OutwardOptions } from '../../transport/copy-to-target.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { listSource } from '../../transport/list-source.ts'
import type { Engine } from '../engine.ts'
import { parseDestination } from '../image/destination.ts'
import { optionsAt, type TargetOptions, withTarget } from '../image/outward-target.ts'
import { remove } from '../image/remove.ts'
import { openSigners, type SigningRequest } from '../image/signing.ts'
import { findList } from './find-list.ts'
import { withListSource } from './with-list-source.ts'

export interface ListPushOptions extends TargetOptions, OutwardOptions {
  /** The list goes when it has arrived; its images stay. */
  readonly isRemoved?: boolean
  readonly signing?: SigningRequest
}

/**
 * Answers the list's digest at the destination. Idempotent; what broke off is continued by the next.
 * @throws not-found `image-unknown`; invalid `image-no-list`; unsupported `transport-unsupported`; as copyToTarget
 */
export async function pushList(
  engine: Engine,
  what: { list: string; destination: string },
  options: ListPushOptions,
): Promise<Digest> {
  const { list, name } = await findList(engine, what.list)
  const destination = parseDestination(what.destination)
  if (destination.kind === 'docker-archive' || destination.kind === 'docker-daemon') throw noList(what.destination)
  const signers = await openSigners(options.signing, destination)
  const wanted = { ...optionsAt(destination.kind, options), signers, isSkippedIfThere: true }
  const write = async (source: ImageSource) =>
    withTarget(engine, { destination, options }, async (target) => copyToTarget(engine, { source, target }, wanted))
  const label = name ?? list.id
  const registry = destination.kind === 'docker' ? destination.reference.domain : undefined
  try {
    const { digest } =
      options.selection === 'index-only'
        ? await write(listSource(engine.at, { list, label, sources: new Map() }))
        : await withListSource(engine, { list, label, access: options, registry }, write)
    if (options.isRemoved) await removeList(engine, list.id)
    return digest
  } finally {
    // As podman: also of a push that fails.
    engine.events.append({ type: 'image', status: 'push', id: list.id, name: what.destination })
  }
}

async function removeList(engine: Engine, id: string): Promise<void> {
  const { errors } = await remove(engine, [id], {
    ...{ areAll: false, isForced: true, isMissingIgnored: true, areListsWanted: true },
  })
  if (errors[0] !== undefined) throw errors[0]
}

function noList(destination: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'transport-unsupported',
    message: `there are no manifest lists in docker archives and daemons: '${destination}'`,
    hint: 'These do: docker:// oci: oci-archive: dir:',
  })
}
