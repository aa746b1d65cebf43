// Many images from one place to another, one after the other.

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { EngineError, errorMessage } from '../../base/errors.ts'
import { makeFolders } from '../../os/make-folders.ts'
import type { Engine } from '../engine.ts'
import { type CopyOptions, copy } from './copy.ts'
import type { RegistryAccess } from './registry-session.ts'
import { listForSync, type SyncedImage, type SyncSource } from './sync-list.ts'

export interface SyncRequest {
  readonly source: SyncSource
  /** A folder, or `REGISTRY[/PATH]`. */
  readonly destination: { readonly kind: 'docker' | 'dir'; readonly place: string }
  readonly fromAccess: RegistryAccess
  readonly toAccess: RegistryAccess
  /** Images keep their whole path, not only their last name, below the destination. */
  readonly isScoped: boolean
  /** Follows the names at the destination. */
  readonly suffix: string
  readonly isDryRun: boolean
  /** An image that fails stops nobody but itself. */
  readonly keepsGoing: boolean
  readonly onCopied: (copied: { readonly digest: Digest; readonly place: string }) => void
}

/**
 * Answers how many images were copied, or would be. Idempotent where the destination is a registry: of what it has, nothing is
 * sent nor (but for manifests) read. A folder that is there is not replaced.
 * @throws conflict `sync-target-exists`; as copy, or unavailable `sync-incomplete` in the end where it kept going
 */
export async function sync(engine: Engine, request: SyncRequest, options: CopyOptions): Promise<number> {
  let failures = 0
  const fail = (error: unknown) => {
    if (!request.keepsGoing) throw error
    failures += 1
    engine.report({ type: 'warning', message: errorMessage(error) })
  }
  const images = await listForSync(engine, request.source, { access: request.fromAccess, fail })
  let count = 0
  for (const image of images) {
    try {
      await syncOne(engine, { image, request }, options)
      count += 1
    } catch (error) {
      engine.signal.throwIfAborted()
      fail(error)
    }
  }
  if (failures === 0) return count
  throw new EngineError({
    kind: 'unavailable',
    code: 'sync-incomplete',
    message: `${failures} of ${images.length} images could not be copied: see above`,
    hint: 'Run the same command again: what is there is not sent twice.',
  })
}

async function syncOne(
  engine: Engine,
  { image, request }: { image: SyncedImage; request: SyncRequest },
  options: CopyOptions,
): Promise<void> {
  const { kind, place } = request.destination
  const path = `${join(place, request.isScoped ? image.name : basename(image.name))}${request.suffix}`
  const to = kind === 'dir' ? `dir:${path}` : `docker://${path}`
  if (kind === 'dir' && existsSync(path)) throw targetExists(path)
  const how = `${request.isDryRun ? 'Would have copied' : 'Copying'} image from ${image.from} to ${to}`
  engine.report({ type: 'notice', message: how })
  if (request.isDryRun) return
  if (kind === 'dir') makeFolders(dirname(path))
  const way = { from: image.from, to, fromAccess: image.access, toAccess: request.toAccess }
  request.onCopied({ digest: await copy(engine, way, { ...options, isSkippedIfThere: true }), place: to })
}

function targetExists(path: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'sync-target-exists',
    message: `refusing to overwrite destination folder '${path}'`,
    hint: 'Remove it, or leave its image out.',
  })
}
