// secret create. With --replace the old one of the name goes once the new one is there.

import { EngineError } from '../../base/errors.ts'
import { checkDriverOptions } from '../../secret/driver-options.ts'
import {
  checkSecretDriver,
  checkSecretName,
  checkSecretSize,
  newSecretId,
  type SecretDriver,
  type SecretRecord,
} from '../../secret/secret-record.ts'
import { burySecret, draftSecret, listSecrets, lockSecrets } from '../../secret/secret-store.ts'
import { currentSchema } from '../../state/record.ts'
import type { Engine } from '../engine.ts'
import type { Settings } from '../settings.ts'
import { forgetSecretData, keepElsewhere, sealIntoRecord } from './secret-data.ts'

export interface SecretRequest {
  readonly name: string
  readonly data: Uint8Array
  /** The configured one unless said. */
  readonly driver?: string
  readonly driverOptions?: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly isReplacing: boolean
}

/**
 * The new secret's id. Durable.
 * @throws already-exists `secret-exists`; invalid `secret-name-invalid`, `secret-size`, `secret-driver-invalid`; unavailable `secret-driver-failed`
 */
export async function createSecret(engine: Engine, request: SecretRequest): Promise<string> {
  checkSecretName(request.name)
  checkSecretSize(request.data)
  using _lock = await lockSecrets(engine.at, engine.patience)
  const old = listSecrets(engine.at).find(({ name }) => name === request.name)
  if (old !== undefined && !request.isReplacing) throw exists(request.name)
  const record = await sealIntoRecord(engine, recordOf(engine, request, old), request.data)
  using draft = draftSecret(engine.at, record)
  await keepElsewhere(engine, record, request.data)
  // The name is never two's: the old one goes first, and comes back out of its grave if we are killed before the new one is there.
  using _grave = old === undefined ? undefined : burySecret(engine.at, old)
  draft.publish()
  if (old !== undefined) await forgetSecretData(engine, old)
  engine.events.append({ type: 'secret', status: 'create', id: record.id, name: record.name })
  return record.id
}

function recordOf(engine: Engine, request: SecretRequest, old: SecretRecord | undefined): SecretRecord {
  const configured = engine.settings.secretDriver
  const now = engine.clock.now()
  return {
    schema: currentSchema,
    id: newSecretId(),
    name: request.name,
    driver: driverOf(request, configured),
    labels: request.labels,
    createdAt: old?.createdAt ?? now,
    updatedAt: now,
  }
}

/** Options that are configured are those of the configured driver. */
function driverOf({ driver, driverOptions }: SecretRequest, configured: Settings['secretDriver']): SecretDriver {
  const name = checkSecretDriver(driver ?? configured.name)
  return checkDriverOptions({ name, options: driverOptions ?? (name === configured.name ? configured.options : {}) })
}

function exists(name: string): EngineError {
  return new EngineError({
    kind: 'already-exists',
    code: 'secret-exists',
    message: `${name}: secret name in use`,
    hint: 'To change it: gantry secret create --replace',
  })
}
