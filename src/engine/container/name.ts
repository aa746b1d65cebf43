// Names of containers: their form, and how a new container comes by one. A claim counts while its owner exists or is being made.

import { EngineError, invalid } from '../../base/errors.ts'
import { objectName } from '../../base/object-name.ts'
import { randomName } from '../../base/random-name.ts'
import { claimOwner, takeAwayClaim, tryClaim } from '../../state/claim.ts'
import type { Engine } from '../engine.ts'
import { isPresent } from './nursery.ts'

/** A leading slash, as docker's API writes it, is taken off. @throws invalid `name-invalid` */
export function checkName(text: string): string {
  const name = text.replace(/^\//, '')
  if (objectName.test(name) && name.length <= 255) return name
  throw invalid('name-invalid', `names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument`)
}

/** Durable once the folder of claims is synced. @throws already-exists `name-in-use` */
export async function claimName(engine: Engine, name: string, id: string): Promise<void> {
  const claim = { kind: 'container', name, id } as const
  while (!tryClaim(engine.at, claim, { durable: false })) {
    const owner = claimOwner(engine.at, 'container', name)
    if (owner === undefined) continue
    if (isPresent(engine.at, owner)) throw nameInUse(name, owner)
    // Its maker or remover died half-way.
    await takeAwayClaim(engine.at, { ...claim, id: owner }, engine.patience)
  }
}

const randomTries = 100

/** Claims a random name. Durable once the folder of claims is synced. */
export async function claimRandomName(engine: Engine, id: string): Promise<string> {
  for (let tries = 0; tries < randomTries; tries += 1) {
    const name = randomName()
    if (tryClaim(engine.at, { kind: 'container', name, id }, { durable: false })) return name
  }
  await claimName(engine, id.slice(0, 12), id)
  return id.slice(0, 12)
}

function nameInUse(name: string, owner: string): EngineError {
  return new EngineError({
    kind: 'already-exists',
    code: 'name-in-use',
    message: `creating container storage: the container name "${name}" is already in use by ${owner}. You have to remove that container to be able to reuse that name: that name is already in use, or use --replace to instruct Gantry to do so`,
  })
}
