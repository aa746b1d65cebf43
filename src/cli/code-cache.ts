// V8's compiled code of one command, kept between starts: what it has had to compile so far. The first run may have ended early, so that a run that
// compiled clearly more replaces the file; that a few times at most, for to look costs half a millisecond and to write ten.

import { accessSync, closeSync, constants, fstatSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Script } from 'node:vm'
import { makeFolders } from '../os/make-folders.ts'
import { native } from '../os/native.ts'

export interface CodeCache {
  readonly data: Buffer
  readonly file: string
  /** How often it was replaced. */
  readonly generation: number
  /** Its writer ended with an error of ours. */
  readonly isEarly: boolean
  /** What its writer had compiled in the end. */
  readonly compiledBytes: number
}

export interface CachePlace {
  /** Of the file that was compiled; holds its hash. */
  readonly program: string
  readonly command: string
}

/** Beside the program, or with the user where that is not writable. V8 itself checks its version, flags and lengths. */
export function readCodeCache(place: CachePlace): CodeCache | undefined {
  const [own, users] = filesOf(place) as [string, string]
  return readCached(own, place) ?? readCached(users, place, process.geteuid?.())
}

/** At the end of the process, with its exit code. Best effort, whole or not at all: another start does it again. */
export function keepCode(
  place: CachePlace,
  script: Script,
  { code, cache }: { code: number; cache?: CodeCache },
): void {
  if (interrupted.has(code)) return
  if (cache === undefined || script.cachedDataRejected === true) {
    const content = contentOf(place, script, { generation: 0, isEarly: isEarly(code) })
    filesOf(place).some((file) => isWritten(file, content))
    return
  }
  if (!isWorthALook(cache, code) || compiledBytes() < cache.compiledBytes + clearlyMoreBytes) return
  if (!isWritable(dirname(cache.file))) return
  const content = contentOf(place, script, { generation: cache.generation + 1, isEarly: isEarly(code) })
  if (content.length > cache.data.length + headerBytes) isWritten(cache.file, content)
}

/** Ctrl-C, a reader that is gone, SIGTERM: such a run has seen any part of the command. */
const interrupted = new Set([130, 141, 143])

/** Our own errors; other codes are those of containers. */
function isEarly(code: number): boolean {
  return code >= 125 && code <= 127
}

const maxGenerations = 6
const clearlyMoreBytes = 64 * 1024
/** Of the runs that nothing speaks for, one in so many looks. */
const lookEvery = 8
/** Who took longer had much to do, or to compile: V8 may have dropped code before it was kept, for it does so in long runs. */
const quickUs = 60_000

function isWorthALook({ generation, isEarly: wasEarly }: CodeCache, code: number): boolean {
  if (generation >= maxGenerations) return false
  if (wasEarly && !isEarly(code)) return true
  return process.cpuUsage().user > quickUs || Math.random() * lookEvery < 1
}

/** Where V8 keeps bytecode; 0 where it has no such place. Node's module is loaded only now: it is half a millisecond. */
function compiledBytes(): number {
  const spaces = process.getBuiltinModule('node:v8').getHeapSpaceStatistics()
  return spaces.find((space) => space.space_name === 'trusted_space')?.space_used_size ?? 0
}

function filesOf({ command }: CachePlace): string[] {
  const home = process.env['HOME'] ?? homedir()
  const users = join(process.env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'gantry')
  return [join(import.meta.dirname, '.cache', command), join(users, command)]
}

/** What is read is run as code: where anybody may have put it, only the owner's own counts. */
function readCached(file: string, { program }: CachePlace, owner?: number): CodeCache | undefined {
  try {
    const fd = openSync(file, 'r')
    try {
      const { uid, size } = fstatSync(fd)
      if (size <= headerBytes || (owner !== undefined && uid !== owner)) return undefined
      return parse(file, native().mapBytes(fd), program)
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}

/** Padded: V8 wants its data aligned. */
const headerBytes = 64

interface Header {
  readonly generation: number
  readonly isEarly: boolean
}

function contentOf({ program }: CachePlace, script: Script, { generation, isEarly: early }: Header): Buffer {
  const header = `${program} ${generation} ${early ? 'early' : 'whole'} ${compiledBytes()}`
  return Buffer.concat([Buffer.from(header.padEnd(headerBytes)), script.createCachedData()])
}

function parse(file: string, content: Buffer, program: string): CodeCache | undefined {
  const [name, generation, end, compiled] = content.toString('latin1', 0, headerBytes).split(' ')
  if (name !== program || (end !== 'early' && end !== 'whole')) return undefined
  const data = content.subarray(headerBytes)
  return { data, file, generation: Number(generation), isEarly: end === 'early', compiledBytes: Number(compiled) }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Two at once write two files, and one of them stays. */
function isWritten(file: string, content: Buffer): boolean {
  const half = `${file}.${process.pid}.half`
  try {
    makeFolders(dirname(file), 0o700)
    writeFileSync(half, content, { mode: 0o644 })
    renameSync(half, file)
    return true
  } catch {
    dropHalf(half)
    return false
  }
}

function dropHalf(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // There is none, or its folder takes no changes.
  }
}
