// Renaming: the new name is claimed, the record follows, the old name is released; in that order, so that a crash leaves a container that
// goes by one name and a claim too many, which the next changing verb sweeps (nursery-leftovers.ts).

import { EngineError } from '../../base/errors.ts'
import { syncFolder } from '../../os/atomic-file.ts'
import { claimOwner, releaseClaim } from '../../state/claim.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { lockContainer, saveRecord } from './lock-container.ts'
import { checkName, claimName } from './name.ts'
import type { ContainerRef } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

/**
 * Durable when it resolves; running or not. Its own name changes nothing.
 * @throws invalid `name-invalid`; already-exists `name-in-use`; not-found `container-unknown`
 */
export async function rename(engine: Engine, target: ContainerRef, newName: string): Promise<void> {
  const name = checkName(newName)
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const { id, name: oldName, record, stored } = container
  if (name === oldName) return
  await claimFor(engine, name, id)
  try {
    saveRecord(engine, { ...record, name })
  } catch (error) {
    await releaseClaim(engine.at, { kind: 'container', name, id }, engine.patience)
    throw error
  }
  await releaseClaim(engine.at, { kind: 'container', name: oldName, id }, engine.patience)
  const subject = { ...eventSubject(container), name }
  engine.events.append({ ...subject, status: 'rename', attributes: stored.spec.labels })
}

/** A claim that a killed rename of this container left is taken over. */
async function claimFor(engine: Engine, name: string, id: string): Promise<void> {
  const owner = claimOwner(engine.at, 'container', name)
  if (owner === id) return
  try {
    await claimName(engine, name, id)
    syncFolder(paths.claims(engine.at, 'container'))
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'name-in-use') throw error
    throw new EngineError({
      kind: 'already-exists',
      code: 'name-in-use',
      message: `renaming container ${id}: name ${JSON.stringify(name)} is in use: container already exists`,
      cause: error,
    })
  }
}
