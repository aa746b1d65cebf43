// Durable files: temporary → fsync → rename → fsync of the folder. What changes names is synchronous on purpose: tests that kill at the
// n-th system call count them on one thread.

import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errnoOf } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { native } from './native.ts'

export interface ReplaceOptions {
  /** Permission bits; 0600 unless said. */
  mode?: number
  /**
   * False for what a power cut may lose: records below $RUN. `later` where the caller syncs file and folder when it suits: until then a power
   * cut leaves the old file or none, never an empty one. True unless said.
   */
  durable?: boolean | 'later'
  /** False where the caller syncs the folder. True unless said. */
  isFolderSynced?: boolean
  /** Where it is built, on the same file system and under a lock of the caller's; `<path>.<hex>.tmp` unless said. */
  temporary?: string
}

/** Readers see the old or the new file, never a part of it, also after a power cut. */
export function replaceFile(path: string, content: string | Uint8Array, options: ReplaceOptions = {}): void {
  const temporary = options.temporary ?? `${path}.${randomHex(6)}.tmp`
  try {
    if (options.temporary !== undefined) removeFile(temporary)
    writeNewFile(temporary, content, options)
    renameSync(temporary, path)
  } catch (error) {
    removeFile(temporary)
    throw error
  }
  if ((options.durable ?? true) === true && options.isFolderSynced !== false) syncFolder(dirname(path))
}

/** As replaceFile, for a file of the user's: one that is a mount, which nothing can be renamed onto, is written over. */
export function replaceUserFile(path: string, content: string, options: ReplaceOptions = {}): void {
  try {
    replaceFile(path, content, options)
  } catch (error) {
    if (errnoOf(error) !== 'EBUSY') throw error
    writeResult(path, content)
  }
}

/** What is to be at a path, and lies beside it until then. */
export interface Draft extends Disposable {
  /** Gives it its path, in place of what is there. Whose content was synced before survives a power cut once the folder is synced. */
  publish(): void
}

/** Not synced. Disposing removes what was not published. */
export function draftFile(path: string, content: string | Uint8Array): Draft {
  const temporary = `${path}.${randomHex(6)}.tmp`
  const draft = { publish: () => renameSync(temporary, path), [Symbol.dispose]: () => removeFile(temporary) }
  try {
    writeNewFile(temporary, content, { durable: false })
    return draft
  } catch (error) {
    draft[Symbol.dispose]()
    throw error
  }
}

/**
 * Creates `path`, which must not exist, and syncs its content (not its folder). `later`: what has been written before it is renamed is in its
 * place whole, for a journal keeps the order of both (ext4 with data=ordered, XFS; btrfs at least for what is replaced).
 */
export function writeNewFile(path: string, content: string | Uint8Array, options: ReplaceOptions = {}): void {
  const fd = openSync(path, 'wx', options.mode ?? 0o600)
  try {
    writeFileSync(fd, content)
    if (options.durable === 'later') native().writeBack(fd)
    else if (options.durable !== false) fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Makes creations, renames and removals inside `folder` survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Makes files and folders survive a power cut: all at once, for a file system then commits its journal once, and beside whatever the
 * caller does meanwhile.
 */
export async function syncAll(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map(syncInBackground))
}

async function syncInBackground(path: string): Promise<void> {
  const fd = openSync(path, constants.O_RDONLY)
  try {
    await new Promise<void>((resolve, reject) => fsync(fd, (error) => (error === null ? resolve() : reject(error))))
  } finally {
    closeSync(fd)
  }
}

/** Makes what was written to a file survive a power cut; its name is another matter. */
export async function syncContent(fd: number): Promise<void> {
  await new Promise<void>((done, fail) => fdatasync(fd, (error) => (error === null ? done() : fail(error))))
}

/** Makes a folder survive a power cut with all that is in it: files and folders, all of them ours. */
export async function syncTree(folder: string): Promise<void> {
  const entries = readdirSync(folder, { withFileTypes: true })
  const pathsOf = (all: typeof entries) => all.map(({ name }) => join(folder, name))
  await syncAll(pathsOf(entries.filter((entry) => entry.isFile())))
  for (const below of pathsOf(entries.filter((entry) => entry.isDirectory()))) await syncTree(below)
  await syncAll([folder])
}

/** A small file where people say: what is there is written over, as by a shell's `>`. It survives a power cut, unless it is a pipe or a device. */
export function writeResult(path: string, content: string | Uint8Array): void {
  const fd = openSync(path, 'w')
  try {
    writeFileSync(fd, content)
    if (!fstatSync(fd).isFile()) return
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  syncFolder(dirname(resolve(path)))
}

/** Makes everything on the file system that holds `folder` survive a power cut. */
export function syncFileSystem(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    native().syncfs(fd)
  } finally {
    closeSync(fd)
  }
}

/** Idempotent: a file that is not there is fine. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
