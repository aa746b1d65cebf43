// Chooses the storage driver by trying, once per state directory: layers are unpacked in the form that the driver reads, so
// the choice is remembered in $ROOT/storage.json and holds while there are layers.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../base/errors.ts'
import { type Layout, paths } from '../state/layout.ts'
import { currentSchema, readRecord, type Versioned, writeRecord } from '../state/record.ts'
import type { DriverName, StorageDriver } from './driver.ts'
import { createFuseOverlayDriver, mountFuse } from './fuse-overlayfs.ts'
import { createOverlayDriver, mountOverlay, overlayFlags } from './overlay.ts'
import { parseStorageOptions, type StorageOptions } from './storage-options.ts'
import { worksHere } from './try-driver.ts'
import { createVfsDriver } from './vfs.ts'

export interface StorageWishes {
  /** What --storage-driver or storage.conf ask for. */
  readonly wanted: DriverName | undefined
  readonly isRootless: boolean
  /** --storage-opt */
  readonly options: readonly string[]
}

/** $ROOT/storage.json */
interface StorageRecord extends Versioned {
  readonly driver: DriverName
  readonly isUserXattr: boolean
}

type Choice = Omit<StorageRecord, 'schema'>

/**
 * The driver of the state directory. Idempotent; two processes that choose at once choose alike.
 * @throws conflict `storage-driver-differs`; unsupported `storage-driver-unusable`; invalid `storage-option-unknown`
 */
export function chooseStorage(at: Layout, wishes: StorageWishes): StorageDriver {
  const options = parseStorageOptions(wishes.options)
  const wanted = wishes.wanted === 'overlay' && options.mountProgram !== undefined ? 'fuse-overlayfs' : wishes.wanted
  const known = readRecord<StorageRecord>(storagePath(at))
  if (known !== undefined && (wanted === undefined || wanted === known.driver)) return create(at, known, options)
  if (known !== undefined && wanted !== undefined && hasLayers(at)) throw differs(at, known.driver, wanted)
  const choice = wanted === undefined ? firstThatWorks(at, options) : demand(at, wanted, options)
  // Outside of the user namespace nothing works that would inside: not worth remembering.
  if (process.geteuid?.() === 0) writeRecord(storagePath(at), { schema: currentSchema, ...choice })
  return create(at, choice, options)
}

/** What was chosen for the state directory, if anything was: for `info`, which must not mount. Lock-free. */
export function knownStorage(at: Layout): DriverName | undefined {
  return readRecord<StorageRecord>(storagePath(at))?.driver
}

function create(at: Layout, { driver, isUserXattr }: Choice, options: StorageOptions): StorageDriver {
  const { mountOptions } = options
  switch (driver) {
    case 'overlay':
      return createOverlayDriver(at, { isUserXattr, mountOptions })
    case 'fuse-overlayfs':
      return createFuseOverlayDriver(at, { isUserXattr, mountOptions, program: programOf(options) })
    case 'vfs':
      return createVfsDriver(at)
  }
}

function firstThatWorks(at: Layout, options: StorageOptions): Choice {
  const drivers: Exclude<DriverName, 'vfs'>[] =
    options.mountProgram === undefined ? ['overlay', 'fuse-overlayfs'] : ['fuse-overlayfs']
  for (const driver of drivers) {
    const choice = attempt(at, driver, options)
    if (choice !== undefined) return choice
  }
  return { driver: 'vfs', isUserXattr: false }
}

function demand(at: Layout, driver: DriverName, options: StorageOptions): Choice {
  if (driver === 'vfs') return { driver, isUserXattr: false }
  const choice = attempt(at, driver, options)
  if (choice !== undefined) return choice
  throw new EngineError({
    kind: 'unsupported',
    code: 'storage-driver-unusable',
    message: `the storage driver '${driver}' does not work in '${at.root}'`,
    hint: 'See why with --log-level debug, or leave --storage-driver out: Gantry then takes one that works.',
  })
}

/** As root's trusted.* attributes first, then with user.* ones, which is all that a user namespace may set. */
function attempt(at: Layout, driver: 'overlay' | 'fuse-overlayfs', options: StorageOptions): Choice | undefined {
  for (const isUserXattr of [false, true]) {
    const style = isUserXattr ? 'overlay-userxattr' : 'overlay'
    const mount = (target: string, data: string) => {
      const all = [data, ...(driver === 'overlay' ? overlayFlags(isUserXattr) : []), ...options.mountOptions].join(',')
      if (driver === 'overlay') mountOverlay(target, all)
      else mountFuse(programOf(options), target, { data: all, cwd: undefined })
    }
    if (worksHere(at.root, style, mount)) return { driver, isUserXattr }
  }
  return undefined
}

function programOf(options: StorageOptions): string {
  return options.mountProgram ?? 'fuse-overlayfs'
}

function hasLayers(at: Layout): boolean {
  return readdirSync(paths.layers(at)).length > 0 || readdirSync(paths.containers(at)).length > 0
}

function storagePath(at: Layout): string {
  return join(at.root, 'storage.json')
}

function differs(at: Layout, known: DriverName, wanted: DriverName): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'storage-driver-differs',
    message: `'${at.root}' holds layers of the storage driver '${known}', not '${wanted}'`,
    hint: `Use --storage-driver ${known}, or another --root.`,
  })
}
