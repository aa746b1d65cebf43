// dist/main.cjs: runs the bundled program with V8's compiled code kept between starts, one file a command. Node's own compile cache
// keeps what a file compiles while it loads, not the functions that a command then goes through: those are the greater part.

import { closeSync, fstatSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { makeFolders } from '../os/make-folders.ts'
import { native } from '../os/native.ts'

/** The bundler puts these in: the program's file, whose name holds its hash, and the keys of the command table. */
declare const bundledProgram: string
declare const bundledCommands: readonly string[]

type Program = (require: NodeJS.Require, filename: string, dirname: string) => void

const path = join(import.meta.dirname, bundledProgram)
const command = commandOf(process.argv.slice(2))
const cachedData = readCache()
// Mapped, because V8 looks at little of it: it believes the cache. The bundle is plain ASCII.
const script = new Script(
  reading(path, (fd) => native().mapText(fd)),
  {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  },
)
if (cachedData === undefined || script.cachedDataRejected === true) process.once('exit', writeCache)
;(script.runInThisContext() as Program)(require, path, import.meta.dirname)

/** Which functions are needed depends on it; a flag's value that is also a command's name costs a few milliseconds once. */
function commandOf(words: readonly string[]): string {
  const at = words.findIndex((word) => bundledCommands.some((each) => each === word || each.startsWith(`${word} `)))
  const two = words.slice(at, at + 2).join(' ')
  if (at === -1) return 'none'
  return bundledCommands.includes(two) ? two.replace(' ', '-') : (words[at] as string)
}

/** Beside the program, or with the user where that is not writable. */
function cacheFolders(): string[] {
  const home = process.env['HOME'] ?? homedir()
  return [join(import.meta.dirname, '.cache'), join(process.env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'gantry')]
}

/** A file of cache begins with the name of the program that it was made of; V8 itself checks its version, flags and lengths. */
function readCache(): Buffer | undefined {
  const [own, users] = cacheFolders() as [string, string]
  return readCached(join(own, command)) ?? readCached(join(users, command), process.geteuid?.())
}

/** What is read is run as code: where anybody may have put it, only the owner's own counts. */
function readCached(file: string, owner?: number): Buffer | undefined {
  const header = headerOf(bundledProgram)
  try {
    return reading(file, (fd) => {
      const { uid, size } = fstatSync(fd)
      if (size <= header.length || (owner !== undefined && uid !== owner)) return undefined
      const content = native().mapBytes(fd)
      return content.subarray(0, header.length).equals(header) ? content.subarray(header.length) : undefined
    })
  } catch {
    return undefined
  }
}

function reading<T>(path: string, read: (fd: number) => T): T {
  const fd = openSync(path, 'r')
  try {
    return read(fd)
  } finally {
    closeSync(fd)
  }
}

/** Best effort, whole or not at all: the next start does it again. */
function writeCache(): void {
  const content = Buffer.concat([headerOf(bundledProgram), script.createCachedData()])
  cacheFolders().some((folder) => {
    const file = join(folder, command)
    const half = `${file}.${process.pid}.half`
    try {
      makeFolders(dirname(file), 0o700)
      writeFileSync(half, content, { mode: 0o644 })
      renameSync(half, file)
      return true
    } catch {
      return false
    }
  })
}

/** Padded: V8 wants its data aligned. */
function headerOf(name: string): Buffer {
  return Buffer.from(name.padEnd(32))
}
