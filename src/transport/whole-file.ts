// What people's files and folders are written as: one that is at its path whole, or not at all. Until then it has no name where the file system
// can do that (O_TMPFILE), else `PATH.<hex>.tmp`; whoever makes it holds a lock on it, so that what a killed process left is known and swept.

import { closeSync, constants, mkdirSync, openSync, readdirSync, renameSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { absentAsUndefined, EngineError, errnoOf, errorReason } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { removeFile, syncAll, syncContent, syncTree } from '../os/atomic-file.ts'
import { lastingWriter } from '../os/descriptor-writer.ts'
import { makeLastingFolders } from '../os/make-folders.ts'
import { lockFlags, native } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'
import { holdFolder, isLockHeld, isSameFile } from '../state/lock.ts'

export interface WholeFile extends Disposable {
  /** Open for writing; closed by disposing. */
  readonly fd: number
  /** Gives it its path, in place of what is there; a power cut takes neither its content nor its name away then. Once. */
  publish(): Promise<void>
}

/** Open for reading and writing. What killed makers of the same path left is swept. @throws denied `output-unwritable` */
export function openWholeFile(wanted: string, mode = 0o666): WholeFile {
  const path = resolve(wanted)
  return orUnwritable(path, () => openSwept(path, mode))
}

function openSwept(path: string, mode: number): WholeFile {
  sweepUnfinished(path)
  const nameless = openNameless(dirname(path), mode)
  if (nameless === undefined) return openNamed(path, mode)
  return {
    fd: nameless,
    publish: async () => {
      await syncContent(nameless)
      nameDescriptor(nameless, path)
      await syncAll([dirname(path)])
    },
    [Symbol.dispose]: () => closeSync(nameless),
  }
}

/** A file with this content, and the folders above it; none if `content` throws. */
export async function fillFile(
  path: string,
  content: AsyncIterable<Uint8Array>,
  onProgress: (doneBytes: number) => void = () => undefined,
): Promise<void> {
  makeLastingFolders(dirname(path))
  using file = openWholeFile(path)
  await pipeline(counted(content, onProgress), lastingWriter(file.fd))
  await file.publish()
}

async function* counted(content: AsyncIterable<Uint8Array>, tell: (done: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const chunk of content) {
    yield chunk
    done += chunk.length
    tell(done)
  }
}

export interface WholeFolder extends Disposable {
  /** Empty, to be filled. */
  readonly path: string
  /** Puts it where it was made for, in place of the folder that may be there; lasting, as that of a file. Once. */
  publish(): Promise<void>
}

/** @throws denied `output-unwritable` */
export function openWholeFolder(wanted: string): WholeFolder {
  const path = resolve(wanted)
  const { temporary, hold } = orUnwritable(path, () => {
    sweepUnfinished(path)
    return newFolder(path)
  })
  return {
    path: temporary,
    publish: async () => {
      await syncTree(temporary)
      replaceFolder(temporary, path)
      await syncAll([dirname(path)])
    },
    [Symbol.dispose]: () => {
      // What was published is not there any more; what it replaced is.
      removeTree(temporary)
      hold[Symbol.dispose]()
    },
  }
}

/** The system's words, for the path that the user knows. */
function orUnwritable<T>(path: string, open: () => T): T {
  try {
    return open()
  } catch (cause) {
    const errno = errnoOf(cause)
    if (errno === undefined) throw cause
    throw new EngineError({
      kind: 'denied',
      code: 'output-unwritable',
      message: `'${path}' cannot be written: ${errorReason(cause)}`,
      hint: 'Name a path in a folder that is there and takes new files.',
      cause,
    })
  }
}

function newFolder(path: string): { temporary: string; hold: Disposable } {
  for (;;) {
    const temporary = unfinishedName(path)
    mkdirSync(temporary)
    // A sweep may have come between the two calls.
    const hold = absentAsUndefined(() => holdFolder(temporary))
    if (hold !== undefined) return { temporary, hold }
  }
}

/** Removes what was to be at `path` once and whose maker is dead. Never throws for what is not ours to remove. */
function sweepUnfinished(path: string): void {
  const folder = dirname(path)
  const prefix = `${basename(path)}.`
  const isOurs = (name: string) => name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length))
  for (const name of (absentAsUndefined(() => readdirSync(folder)) ?? []).filter(isOurs)) {
    try {
      sweepOne(join(folder, name))
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EBUSY', 'EROFS'].includes(errnoOf(error) ?? '')) throw error
    }
  }
}

function sweepOne(path: string): void {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined || isLockHeld(path)) return
  if (stat.isDirectory()) removeTree(path)
  else if (stat.isFile()) removeFile(path)
}

function openNameless(folder: string, mode: number): number | undefined {
  try {
    const fd = openSync(folder, constants.O_RDWR | tmpFile, mode)
    native().flock(fd, lockFlags.exclusive)
    return fd
  } catch (error) {
    // EISDIR of a folder that is there: a kernel that knows no such files. libuv's name of EOPNOTSUPP is ENOTSUP.
    if (['ENOTSUP', 'EISDIR', 'EINVAL'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** O_TMPFILE with O_DIRECTORY, which Node does not name. */
const tmpFile = 0o20000000 | constants.O_DIRECTORY

/** A link does not replace what is there: the second name is for an instant. */
function nameDescriptor(fd: number, path: string): void {
  try {
    native().linkDescriptor(fd, path)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    const temporary = unfinishedName(path)
    native().linkDescriptor(fd, temporary)
    try {
      renameSync(temporary, path)
    } catch (refused) {
      removeFile(temporary)
      throw refused
    }
  }
}

function openNamed(path: string, mode: number): WholeFile {
  for (;;) {
    const temporary = unfinishedName(path)
    const fd = openSync(temporary, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, mode)
    native().flock(fd, lockFlags.exclusive)
    // A sweep may have come between the two calls.
    if (!isSameFile(fd, temporary)) {
      closeSync(fd)
      continue
    }
    return {
      fd,
      publish: async () => {
        await syncContent(fd)
        renameSync(temporary, path)
        await syncAll([dirname(path)])
      },
      [Symbol.dispose]: () => {
        if (isSameFile(fd, temporary)) removeFile(temporary)
        closeSync(fd)
      },
    }
  }
}

/** The old one goes by the temporary's name, and with it. */
function replaceFolder(temporary: string, path: string): void {
  try {
    native().exchange(temporary, path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EINVAL') throw error
    removeTree(path)
    renameSync(temporary, path)
  }
}

function unfinishedName(path: string): string {
  return `${path}.${randomHex(6)}.tmp`
}
