// The networks on disk, and the one that needs none. Readers take no lock.

import { existsSync, readdirSync } from 'node:fs'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { objectName } from '../../base/object-name.ts'
import { removeFile, syncFolder } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { currentSchema, readRecord, writeRecord } from '../../state/record.ts'
import type { NetworkConfig } from '../network-config.ts'
import { defaultNetwork } from './default-network.ts'
import type { NetworkRecord, StoredNetwork } from './network-record.ts'

/** By exact name. */
export function readNetwork(at: Layout, config: NetworkConfig, name: string): NetworkRecord | undefined {
  const stored = objectName.test(name) ? readRecord<StoredNetwork>(paths.network(at, name)) : undefined
  if (stored !== undefined) {
    const { schema: _, ...record } = stored
    return record
  }
  return name === config.defaultNetwork ? defaultNetwork(config) : undefined
}

/** Sorted by name. */
export function listNetworks(at: Layout, config: NetworkConfig): NetworkRecord[] {
  return [...new Set([...storedNames(at), config.defaultNetwork])]
    .sort()
    .flatMap((name) => readNetwork(at, config, name) ?? [])
}

/** By name, id, or the beginning of an id. @throws not-found `network-unknown`; conflict `network-ambiguous` */
export function findNetwork(at: Layout, config: NetworkConfig, word: string): NetworkRecord {
  const named = readNetwork(at, config, word)
  if (named !== undefined) return named
  const matches = listNetworks(at, config).filter(({ id }) => id.startsWith(word) && word !== '')
  const [only] = matches
  if (only === undefined) throw networkUnknown(word)
  if (matches.length === 1) return only
  throw new EngineError({
    kind: 'conflict',
    code: 'network-ambiguous',
    message: `more than one result for network ID ${word}: network already exists`,
  })
}

/** Of a network that was made: by its id, or the beginning of one. */
export function networkNameById(at: Layout, word: string): string | undefined {
  if (!/^[0-9a-f]+$/.test(word)) return undefined
  return storedNames(at).find(
    (name) => readRecord<StoredNetwork>(paths.network(at, name))?.id.startsWith(word) === true,
  )
}

function storedNames(at: Layout): string[] {
  const files = absentAsUndefined(() => readdirSync(paths.networks(at))) ?? []
  return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length))
}

/** The network's lock, or `networksLock` for a new one, is held. Durable. */
export function saveNetwork(at: Layout, record: NetworkRecord): void {
  if (!existsSync(paths.networks(at))) {
    makeFolders(paths.networks(at), 0o700)
    syncFolder(at.root)
  }
  writeRecord<StoredNetwork>(paths.network(at, record.name), { schema: currentSchema, ...record })
}

/** The network's lock is held. Idempotent; durable. */
export function removeNetworkRecord(at: Layout, name: string): void {
  removeFile(paths.network(at, name))
  if (existsSync(paths.networks(at))) syncFolder(paths.networks(at))
}

export function networkUnknown(word: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'network-unknown',
    message: `unable to find network with name or ID ${word}: network not found`,
  })
}
