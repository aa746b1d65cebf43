// The anonymous volumes of a container that is being removed.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { volumeMounts } from '../../spec/mounts.ts'
import type { Engine } from '../engine.ts'
import { removeUnused } from '../volume/remove-unused.ts'
import type { StoredContainer } from './stored-container.ts'

/** Those that no other container uses. One that cannot be removed stops nothing: it is there to be removed by name. */
export async function removeAnonymousVolumes(engine: Engine, { id, stored }: StoredContainer): Promise<void> {
  for (const { name, isAnonymous } of volumeMounts(stored.spec.mounts)) {
    if (!isAnonymous) continue
    try {
      await removeUnused(engine, name, { except: id })
    } catch (error) {
      if (error instanceof EngineError && ['volume-in-use', 'volume-unknown'].includes(error.code)) continue
      engine.report({ type: 'warning', message: `removing volume ${name}: ${errorMessage(error)}` })
    }
  }
}
