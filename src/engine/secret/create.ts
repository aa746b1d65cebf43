// secret create. With --replace the old one of the name goes once the new one is there.

import { EngineError } from '../../base/errors.ts'
import {
  checkSecretDriver,
  checkSecretName,
  checkSecretSize,
  newSecretId,
  type SecretRecord,
} from '../../secret/secret-record.ts'
import { dropSecret, listSecrets, lockSecrets, saveSecret } from '../../secret/secret-store.ts'
import { currentSchema } from '../../state/record.ts'
import type { Engine } from '../engine.ts'
import { forgetSecretData, keepSecretData } from './secret-data.ts'

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
  const record = await keepSecretData(engine, recordOf(engine, request, old), request.data)
  // The name is never two's: where the old one goes first, a crash leaves none, and the same command makes it.
  if (old !== undefined) dropSecret(engine.at, old.id)
  saveSecret(engine.at, record)
  if (old !== undefined) await forgetSecretData(old)
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
    driver: {
      name: checkSecretDriver(request.driver ?? configured.name),
      options: request.driverOptions ?? configured.options,
    },
    labels: request.labels,
    createdAt: old?.createdAt ?? now,
    updatedAt: now,
  }
}

function exists(name: string): EngineError {
  return new EngineError({
    kind: 'already-exists',
    code: 'secret-exists',
    message: `${name}: secret name in use`,
    hint: 'To change it: gantry secret create --replace',
  })
}
