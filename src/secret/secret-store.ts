// The secrets on disk: a record each, found by name or by the beginning of an id. Records are changed under one lock for all of them, which also keeps
// names apart; reading takes none.

import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { absentAsUndefined, EngineError, invalid } from '../base/errors.ts'
import { removeFile, syncFolder, writeNewFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { type Layout, paths } from '../state/layout.ts'
import { acquireLock, type HeldLock, isLockHeld, type LockPatience, tryAcquireLock } from '../state/lock.ts'
import { readRecord } from '../state/record.ts'
import { dropSealed } from './sealed-folder.ts'
import type { SecretRecord } from './secret-record.ts'

/** Held for every change. */
export async function lockSecrets(at: Layout, patience: LockPatience): Promise<HeldLock> {
  return acquireLock({ path: paths.secretsLock(at), kind: 'claims', label: 'the table of secrets' }, patience)
}

/** By name. Lock-free; one that is removed meanwhile is left out. */
export function listSecrets(at: Layout): SecretRecord[] {
  const names = absentAsUndefined(() => readdirSync(paths.secrets(at))) ?? []
  const ids = names.flatMap((name) => /^([0-9a-f]{25})\.json$/.exec(name)?.[1] ?? [])
  const records = ids.flatMap((id) => readRecord<SecretRecord>(paths.secret(at, id)) ?? [])
  return records.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Its name, its id, or the beginning of only one id. Lock-free. @throws not-found `secret-unknown`; invalid `secret-ambiguous` */
export function findSecret(at: Layout, text: string): SecretRecord {
  const all = listSecrets(at)
  const exact = all.find(({ name }) => name === text) ?? all.find(({ id }) => id === text)
  if (exact !== undefined) return exact
  const begun = all.filter(({ id }) => text !== '' && id.startsWith(text))
  if (begun.length > 1)
    throw invalid('secret-ambiguous', `more than one result secret with prefix ${text}: secret is ambiguous`)
  const [found] = begun
  if (found === undefined) throw secretUnknown(text)
  return found
}

/** A record that is not one of the secrets yet. */
export interface SecretDraft extends Disposable {
  /** Durable. */
  publish(): void
}

/** Tells, should we be killed before it is published, what its driver may keep for nobody. Disposing removes it. The lock is held. */
export function draftSecret(at: Layout, record: SecretRecord): SecretDraft {
  makeFolders(paths.secrets(at), 0o700)
  const path = paths.secretDraft(at)
  const draft = {
    publish() {
      renameSync(path, paths.secret(at, record.id))
      syncFolder(paths.secrets(at))
    },
    [Symbol.dispose]: () => removeFile(path),
  }
  try {
    removeFile(path)
    writeNewFile(path, JSON.stringify(record))
    return draft
  } catch (error) {
    draft[Symbol.dispose]()
    throw error
  }
}

/**
 * Takes its name from it; tells, should we be killed, what its driver keeps no longer for anybody. Disposing ends that; it has its
 * name again where no other took it. The lock is held.
 */
export function burySecret(at: Layout, record: SecretRecord): Disposable {
  const [grave, path] = [paths.secretGrave(at), paths.secret(at, record.id)]
  renameSync(path, grave)
  return { [Symbol.dispose]: () => (isNameFree(at, record) ? renameSync(grave, path) : removeFile(grave)) }
}

/** Durable; idempotent. The lock is held. */
export function dropSecret(at: Layout, id: string): void {
  removeFile(paths.secret(at, id))
  syncFolder(paths.secrets(at))
}

/** Of a creation that was killed. Lock-free. */
export function secretLeftovers(at: Layout): string[] {
  const left = () => [paths.secretDraft(at), paths.secretGrave(at)].filter((path) => existsSync(path))
  return left().length > 0 && !isLockHeld(paths.secretsLock(at)) ? left() : []
}

/** Idempotent; needs no free space. */
export function sweepSecretLeftovers(at: Layout): string[] {
  const left = secretLeftovers(at)
  if (left.length === 0) return []
  using lock = tryAcquireLock({ path: paths.secretsLock(at), kind: 'claims', label: 'the table of secrets' })
  if (lock === undefined) return []
  for (const path of left) {
    const record = recordIn(path)
    if (record !== undefined && path === paths.secretGrave(at) && isNameFree(at, record)) {
      renameSync(path, paths.secret(at, record.id))
      continue
    }
    if (record !== undefined) forget(record)
    removeFile(path)
  }
  return left
}

/** Nothing where a draft is not whole: its driver was told nothing yet. */
function recordIn(path: string): SecretRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SecretRecord
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The one that was to replace it did not come. */
function isNameFree(at: Layout, { name }: SecretRecord): boolean {
  return listSecrets(at).every((other) => other.name !== name)
}

/** What other drivers keep is for their programs to take away, which nobody asked for here. */
function forget({ id, driver }: SecretRecord): void {
  const folder = driver.options['path']
  if (driver.name === 'file' && folder !== undefined) dropSealed(folder, id)
}

export function secretUnknown(text: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'secret-unknown',
    message: `no secret with name or id ${JSON.stringify(text)}: no such secret`,
  })
}

export function isSecretUnknown(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'secret-unknown'
}
