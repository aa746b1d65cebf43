// The C programs under test, built once per version of their sources with the sanitizers on, and the reports of those.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'

export const fixtures = resolve(import.meta.dirname, 'fixtures')
const monitorSources = resolve(import.meta.dirname, '../../src/monitor')
const nativeSources = resolve(import.meta.dirname, '../../src/native')
const strict = ['-std=c11', '-D_GNU_SOURCE', '-g', '-Wall', '-Wextra', '-Wshadow', '-Werror']
const sanitized = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer']

/** src/monitor with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer. */
export function sanitizedMonitor(): string {
  return built('monitor', sourcesIn(monitorSources), sanitized)
}

/** src/monitor as it ships, with debug symbols: for valgrind, and for measuring. */
export function plainMonitor(): string {
  return built('monitor', sourcesIn(monitorSources), ['-O2'])
}

/** src/hello as it ships. */
export function helloProgram(): string {
  return built('hello', [resolve(import.meta.dirname, '../../src/hello/hello.c')], ['-static', '-Os', '-s'])
}

/** `fixtures/attach.c` and the files of src/native that know nothing of JavaScript; with the sanitizers, or as it ships. */
export function attachProgram(kind: 'sanitized' | 'plain'): string {
  return builtWith('attach', ['attach', 'attach-outgoing', 'stream'], kind === 'plain' ? ['-O2'] : sanitized)
}

/** `fixtures/child.c` in the same way. */
export function childProgram(): string {
  return builtWith('child', ['child', 'spawn'], sanitized)
}

function builtWith(name: string, files: readonly string[], flags: readonly string[]): string {
  const sources = files.flatMap((file) => [`${file}.c`, `${file}.h`]).map((file) => join(nativeSources, file))
  return built(name, [join(fixtures, `${name}.c`), ...sources], [`-I${nativeSources}`, ...flags])
}

/** `fixtures/<name>.c`. */
export function fixture(name: 'journal' | 'make-container' | 'dump-filters'): string {
  return built(name, [join(fixtures, `${name}.c`)], ['-O1'])
}

/** `fixtures/notify.c`, which runs in any container. */
export function notifyProgram(): string {
  return built('notify', [join(fixtures, 'notify.c')], ['-static', '-Os', '-s'])
}

/** For the environment of a sanitized program: its reports become files `<folder>/sanitizer.<pid>`. */
export function sanitizerEnvironment(folder: string): Record<string, string> {
  const options = `log_path=${folder}/sanitizer:abort_on_error=0`
  return { ASAN_OPTIONS: options, UBSAN_OPTIONS: `${options}:print_stacktrace=1` }
}

export function expectNoSanitizerReport(folder: string): void {
  const reports = readdirSync(folder).filter((name) => name.startsWith('sanitizer.'))
  expect(reports.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([])
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .map((name) => join(folder, name))
}

function built(name: string, sources: readonly string[], flags: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(flags))
  for (const source of sources) hash.update(readFileSync(source))
  const folder = join(tmpdir(), `gantry-native-${hash.digest('hex').slice(0, 16)}`)
  const target = join(folder, name)
  if (existsSync(target)) return target
  mkdirSync(folder, { recursive: true })
  const half = `${target}.${process.pid}`
  const inputs = sources.filter((source) => source.endsWith('.c'))
  execFileSync('cc', [...strict, ...flags, '-o', half, ...inputs], { stdio: 'inherit' })
  renameSync(half, target)
  return target
}
