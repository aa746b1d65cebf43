// What a secret says, wherever it is kept.

import { homedir } from 'node:os'
import type { OutsideDriver } from '../../secret/outside-drivers.ts'
import type { SecretRecord } from '../../secret/secret-record.ts'
import { secretUnknown } from '../../secret/secret-store.ts'
import type { Engine } from '../engine.ts'

/** @throws corrupt `secret-unreadable`; unavailable `secret-key-missing`, `secret-driver-failed` */
export async function readSecretData(engine: Engine, record: SecretRecord): Promise<Buffer> {
  if (!isKeptInRecord(record)) return (await driverOf(engine, record)).lookup(record.id)
  if (record.sealed === undefined) throw secretUnknown(record.name)
  const { unseal } = await import('../../secret/seal.ts')
  return unseal(engine.settings.secretKeyFile, record.id, record.sealed)
}

/** The record that goes with it: sealed, where it keeps the secret itself. */
export async function sealIntoRecord(
  { settings }: Engine,
  record: SecretRecord,
  data: Uint8Array,
): Promise<SecretRecord> {
  if (!isKeptInRecord(record)) return record
  const { seal } = await import('../../secret/seal.ts')
  return { ...record, sealed: seal(settings.secretKeyFile, record.id, data) }
}

/** Nothing to do where the record does. @throws unavailable `secret-driver-failed` */
export async function keepElsewhere(engine: Engine, record: SecretRecord, data: Uint8Array): Promise<void> {
  if (!isKeptInRecord(record)) await (await driverOf(engine, record)).store(record.id, data)
}

export async function forgetSecretData(engine: Engine, record: SecretRecord): Promise<void> {
  if (!isKeptInRecord(record)) await (await driverOf(engine, record)).remove(record.id)
}

function isKeptInRecord({ driver }: SecretRecord): boolean {
  return driver.name === 'file' && driver.options['path'] === undefined
}

async function driverOf({ settings }: Engine, { driver }: SecretRecord): Promise<OutsideDriver> {
  const { outsideDriver } = await import('../../secret/outside-drivers.ts')
  return outsideDriver(driver, { home: process.env['HOME'] || homedir(), keyFile: settings.secretKeyFile })
}
