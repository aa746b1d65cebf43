// What a secret says, wherever it is kept.

import { homedir } from 'node:os'
import type { OutsideDriver } from '../../secret/outside-drivers.ts'
import type { SecretRecord } from '../../secret/secret-record.ts'
import { secretUnknown } from '../../secret/secret-store.ts'
import type { Engine } from '../engine.ts'

/** @throws corrupt `secret-unreadable`; unavailable `secret-key-missing`, `secret-driver-failed` */
export async function readSecretData({ settings }: Engine, record: SecretRecord): Promise<Buffer> {
  if (record.driver.name !== 'file') return (await driverOf(record)).lookup(record.id)
  if (record.sealed === undefined) throw secretUnknown(record.name)
  const { unseal } = await import('../../secret/seal.ts')
  return unseal(settings.secretKeyFile, record.id, record.sealed)
}

/** The record that goes with it: sealed, where we keep it ourselves. */
export async function keepSecretData(
  { settings }: Engine,
  record: SecretRecord,
  data: Uint8Array,
): Promise<SecretRecord> {
  if (record.driver.name !== 'file') {
    await (await driverOf(record)).store(record.id, data)
    return record
  }
  const { seal } = await import('../../secret/seal.ts')
  return { ...record, sealed: seal(settings.secretKeyFile, record.id, data) }
}

export async function forgetSecretData(record: SecretRecord): Promise<void> {
  if (record.driver.name !== 'file') await (await driverOf(record)).remove(record.id)
}

async function driverOf({ driver }: SecretRecord): Promise<OutsideDriver> {
  const { outsideDriver } = await import('../../secret/outside-drivers.ts')
  return outsideDriver(driver, process.env['HOME'] || homedir())
}
