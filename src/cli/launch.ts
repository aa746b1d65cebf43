// dist/main.cjs: runs the bundled program with V8's compiled code kept between starts, one file a command. Node's own compile cache
// keeps what a file compiles while it loads, not the functions that a command then goes through: those are the greater part.

import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { native } from '../os/native.ts'
import { keepCode, readCodeCache } from './code-cache.ts'

/** The bundler puts these in: the program's file, whose name holds its hash, and the keys of the command table. */
declare const bundledProgram: string
declare const bundledCommands: readonly string[]

type Program = (require: NodeJS.Require, filename: string, dirname: string) => void

const path = join(import.meta.dirname, bundledProgram)
const place = { program: bundledProgram, command: commandOf(process.argv.slice(2)) }
const cache = readCodeCache(place)
const script = new Script(textOf(path), {
  filename: path,
  ...(cache === undefined ? {} : { cachedData: cache.data }),
})
process.once('exit', (code) => keepCode(place, script, { code, ...(cache === undefined ? {} : { cache }) }))
;(script.runInThisContext() as Program)(require, path, import.meta.dirname)

/** Which functions are needed depends on it; a flag's value that is also a command's name costs a few milliseconds once. */
function commandOf(words: readonly string[]): string {
  const at = words.findIndex((word) => bundledCommands.some((each) => each === word || each.startsWith(`${word} `)))
  const two = words.slice(at, at + 2).join(' ')
  if (at === -1) return 'none'
  return bundledCommands.includes(two) ? two.replace(' ', '-') : (words[at] as string)
}

/** Mapped, because V8 looks at little of it: it believes the cache. The bundle is plain ASCII. */
function textOf(file: string): string {
  const fd = openSync(file, 'r')
  try {
    return native().mapText(fd)
  } finally {
    closeSync(fd)
  }
}
