// secret rm. A container that has it keeps it: see container/container-secrets.ts.

import { dropSecret, findSecret, lockSecrets } from '../../secret/secret-store.ts'
import type { Engine } from '../engine.ts'
import { forgetSecretData } from './secret-data.ts'

/** Its id. Durable; needs no free space. @throws not-found `secret-unknown`; invalid `secret-ambiguous`; unavailable `secret-driver-failed` */
export async function removeSecret(engine: Engine, text: string): Promise<string> {
  using _lock = await lockSecrets(engine.at, engine.patience)
  const record = findSecret(engine.at, text)
  await forgetSecretData(engine, record)
  dropSecret(engine.at, record.id)
  engine.events.append({ type: 'secret', status: 'remove', id: record.id, name: record.name })
  return record.id
}
