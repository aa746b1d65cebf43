// clone: a new container that is set up as another one is now. What that one wrote is not taken along; volumes are shared.

import { invalid } from '../../base/errors.ts'
import type { CompleteSpec, RootfsSource } from '../../spec/container-spec.ts'
import { checkLimits, type Limits } from '../../spec/limits.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { nextUpdate, updatedSpec } from '../../spec/update.ts'
import type { Engine } from '../engine.ts'
import { checkHostLimits } from './check-limits.ts'
import { freeCloneName } from './clone-name.ts'
import { type ImageOfContainer, imageOfContainer } from './container-image.ts'
import { type CreatedContainer, createComplete } from './create.ts'
import { checkName } from './name.ts'
import { attachmentsOf } from './network-attachments.ts'
import { remove } from './remove.ts'
import { start } from './start.ts'
import type { StoredContainer } from './stored-container.ts'

export interface CloneRequest {
  readonly container: StoredContainer
  /** NAME-clone unless given, with a number where that is taken. */
  readonly name?: string
  /** Its own image unless given. */
  readonly image?: string
  readonly limits?: Limits
  /** The original is removed, which may run only with `isForced`. */
  readonly isDestroying: boolean
  readonly isForced: boolean
  readonly isStarted: boolean
}

/**
 * Durable. When the original cannot be removed, there is no clone either; when the clone cannot be started, it stays.
 * @throws as createComplete, remove and start do; invalid for limits
 */
export async function clone(engine: Engine, request: CloneRequest): Promise<CreatedContainer> {
  const { container, isDestroying, isForced } = request
  using _pod = await holdPod(engine, container)
  const name =
    request.name === undefined ? freeCloneName(engine.at, 'container', container.name) : checkName(request.name)
  const original = specOf(engine, request)
  const image = await imageFor(engine, request)
  const source = request.image === undefined ? original.source : sourceOf(engine, request.image)
  const complete = (own: string) => ({ ...original, source, name: own })
  const created = await createComplete(engine, { name, complete, image, limits: request.limits ?? {} })
  if (isDestroying) {
    try {
      await remove(engine, { container, isForced, removesDependents: false })
    } catch (error) {
      await remove(engine, { container: created, isForced: true, removesDependents: false })
      throw error
    }
  }
  if (request.isStarted) await start(engine, { container: created, isAttached: false })
  return created
}

/** A clone is in its original's pod, which must not go meanwhile. @throws invalid `clone-of-infra` */
async function holdPod(engine: Engine, { stored }: StoredContainer): Promise<Disposable | undefined> {
  const { pod } = stored.spec
  if (pod === undefined) return undefined
  if (pod.role === 'infra') throw invalid('clone-of-infra', 'an infra container cannot be cloned without its pod')
  const { lockPod } = await import('../pod/lock-pod.ts')
  return lockPod(engine, { id: pod.id, name: pod.id })
}

function specOf(engine: Engine, { container, limits }: CloneRequest): CompleteSpec {
  const { stored } = container
  // Two containers cannot have one file for their ids.
  const { pidFiles: _pids, cidFile: _cid, ...spec } = stored.spec
  const current = { ...spec, network: { ...networkFacetOf(spec), attachments: [...attachmentsOf(container)] } }
  if (limits === undefined) return current
  const limited = updatedSpec(current, nextUpdate(current, {}, { limits }))
  checkLimits(limited.resources)
  checkHostLimits(engine.settings, limited.resources)
  return limited
}

async function imageFor(engine: Engine, { container, image }: CloneRequest): Promise<ImageOfContainer | undefined> {
  if (image !== undefined) return imageOfContainer(engine, sourceOf(engine, image), {})
  const { stored } = container
  if (stored.image === undefined) return undefined
  // Its name may be another image's by now.
  const own = await imageOfContainer(engine, { kind: 'image', reference: stored.image.id, pull: 'never' }, {})
  return { ...own, name: stored.image.name }
}

function sourceOf({ settings }: Engine, reference: string): Extract<RootfsSource, { kind: 'image' }> {
  return { kind: 'image', reference, pull: settings.containerDefaults.pullPolicy }
}
