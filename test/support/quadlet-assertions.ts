// What comments of a quadlet file say of the service that it becomes, in the words that podman's own test files have:
// `## assert-podman-args "--name" "web"`. So the driver runs ours and, where podman's tree is there, podman's.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { shellWords } from '../../src/base/shell-words.ts'
import { type GeneratedService, generateServices } from '../../src/quadlet/generate.ts'
import { kindOfFile } from '../../src/quadlet/quadlet.ts'
import { lookup, lookupAll, parseUnitFile, type UnitFile } from '../../src/quadlet/unit-file.ts'
import { splitUnitWords } from '../../src/quadlet/unit-words.ts'

/** The assertions that do not hold. `path` is converted with its drop-ins, and with those of its folder that it names, or that name it as their pod. */
export function checkQuadlet(path: string): string[] {
  // podman's files say where podman's tests put them.
  const outer = mkdtempSync(join(tmpdir(), 'podman-e2e-'))
  const folder = join(outer, 'subtest-0', 'quadlet')
  try {
    mkdirSync(folder, { recursive: true })
    for (const name of [basename(path), ...neighboursOf(path)]) copy(join(dirname(path), name), join(folder, name))
    for (const name of dropInsOf(path)) copyFolder(join(dirname(path), name), join(folder, name))
    const complaints: string[] = []
    const services = generateServices({
      settings: { program: ['/usr/bin/podman'], isUser: false },
      folders: [folder],
      writer: 'a test',
      report: { debug: () => undefined, warn: (text) => complaints.push(text), fail: (text) => complaints.push(text) },
    })
    return judge(readFileSync(path, 'utf8'), { path, services, complaints: complaints.join('\n') })
  } finally {
    rmSync(outer, { recursive: true })
  }
}

interface Made {
  readonly path: string
  readonly services: readonly GeneratedService[]
  readonly complaints: string
}

function judge(text: string, made: Made): string[] {
  const asserted = text.split('\n').flatMap((line) => (line.startsWith('##') ? [shellWords(line.slice(2))] : []))
  const assertions = asserted.map(([word = '', ...args]) => ({
    name: word.replace(/^!/, ''),
    isInverted: word.startsWith('!'),
    args: args.map((arg) => arg.replaceAll('\\n', '\n').replaceAll('\\t', '\t')),
  }))
  const fileName = serviceOf(made.path, text)
  const service = made.services.find((one) => one.fileName === fileName)
  const isFailure = assertions.some(({ name }) => name === 'assert-failed')
  if (isFailure === (service !== undefined)) {
    return [isFailure ? 'was converted' : `no ${fileName}: ${made.complaints}`]
  }
  const facts = {
    unit: parseUnitFile(fileName, service?.text ?? ''),
    links: service?.links ?? [],
    fileName,
    complaints: made.complaints,
  }
  const failures = assertions.filter(({ name, isInverted, args }) => holds(name, args, facts) === isInverted)
  return failures.map(({ name, args }) => `${name} ${JSON.stringify(args)}\n${service?.text ?? made.complaints}`)
}

interface Facts {
  readonly unit: UnitFile
  readonly links: readonly string[]
  readonly fileName: string
  readonly complaints: string
}

function holds(name: string, args: readonly string[], facts: Facts): boolean {
  const { unit, links, complaints } = facts
  const [section = '', key = '', ...values] = args
  const real = lookupAll(unit, section, key)
  const last = lookup(unit, section, key)
  switch (name) {
    case 'assert-failed':
      return true
    case 'assert-stderr-contains':
      return complaints.includes(section)
    case 'assert-key-is':
      return areEqual(real, values)
    case 'assert-key-is-empty':
      return real.length === 0
    case 'assert-key-is-regex':
      return real.length === values.length && values.every((value, index) => matches(real[index], value))
    case 'assert-last-key-is-regex':
      return matches(last, values[0] as string)
    case 'assert-key-contains':
      return last?.includes(values[0] as string) === true
    case 'assert-key-not-contains':
      return last?.includes(values[0] as string) !== true
    case 'assert-symlink':
      return links.includes(section) && key === `${'../'.repeat(section.split('/').length - 1)}${facts.fileName}`
    default:
      return holdsOfCommand(name, args, unit)
  }
}

const commands: Readonly<Record<string, string>> = {
  '': 'ExecStart',
  'pre-': 'ExecStartPre',
  'stop-': 'ExecStop',
  'stop-post-': 'ExecStopPost',
}

function holdsOfCommand(name: string, args: readonly string[], unit: UnitFile): boolean {
  const [, which = '', isGlobal, way, regex] =
    /^assert-podman-(pre-|stop-post-|stop-)?(global-)?(args-key-val|final-args|args)(-regex)?$/.exec(name) ?? []
  if (way === undefined) throw new Error(`unknown assertion ${name}`)
  const whole = splitUnitWords(lookupAll(unit, 'Service', commands[which] as string).at(-1) ?? '', 'undone')
  const words = isGlobal === undefined ? whole : whole.slice(0, whole.indexOf(args[0] as string))
  const wanted = isGlobal === undefined ? args : args.slice(1)
  const isEqual = regex === undefined ? (a: string, b: string) => a === b : matches
  const isAt = (at: number) =>
    at >= 0 &&
    wanted.every((word, index) => words[at + index] !== undefined && isEqual(words[at + index] as string, word))
  if (way === 'final-args') return isAt(words.length - wanted.length)
  if (way === 'args') return words.some((_, index) => isAt(index))
  const [flag, separator = ',', pairs = ''] = wanted
  return words.some(
    (word, index) => word === flag && arePairsEqual(words[index + 1] ?? '', pairs, { separator, isEqual }),
  )
}

interface PairRules {
  readonly separator: string
  readonly isEqual: (a: string, b: string) => boolean
}

function arePairsEqual(real: string, wanted: string, { separator, isEqual }: PairRules): boolean {
  const toMap = (text: string) =>
    new Map(text.split(separator).map((pair) => /^([^=]*)=?(.*)$/s.exec(pair)?.slice(1) as [string, string]))
  const [a, b] = [toMap(real), toMap(wanted)]
  return a.size === b.size && [...b].every(([key, value]) => a.has(key) && isEqual(a.get(key) as string, value))
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}

function matches(text: string | undefined, pattern: string): boolean {
  return text !== undefined && new RegExp(pattern).test(text)
}

function serviceOf(path: string, text: string): string {
  const [, base = '', kind = ''] = /^(.*)\.(\w+)$/.exec(basename(path)) ?? []
  const named = /^ServiceName=(.*)$/m.exec(text)?.[1]
  return `${named ?? (['container', 'kube'].includes(kind) ? base : `${base}-${kind}`)}.service`
}

/** What it names, what that names in turn, and so on. */
function neighboursOf(path: string, known: readonly string[] = [basename(path)]): string[] {
  const folder = dirname(path)
  const own = contentOf(path)
  const isNamed = (name: string) => new RegExp(`[=,:]${name.replaceAll('.', '\\.')}([:,]|$)`, 'm').test(own)
  const isMember = (name: string) => contentOf(join(folder, name)).includes(`\nPod=${basename(path)}\n`)
  const names = readdirSync(folder).filter((name) => kindOfFile(name) !== undefined && !known.includes(name))
  const found = names.filter((name) => isNamed(name) || (path.endsWith('.pod') && isMember(name)))
  const all = [...known, ...found]
  return [...new Set([...found, ...found.flatMap((name) => neighboursOf(join(folder, name), all))])]
}

/** Without comments. */
function contentOf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(/^#.*$/gm, '')
}

function dropInsOf(path: string): string[] {
  const name = basename(path)
  const template = name.replace(/@[^.]+\./, '@.')
  return readdirSync(dirname(path)).filter((entry) => entry === `${name}.d` || entry === `${template}.d`)
}

function copy(from: string, to: string): void {
  writeFileSync(to, readFileSync(from))
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) copy(join(from, name), join(to, name))
}
