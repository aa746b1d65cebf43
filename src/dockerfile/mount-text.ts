// The text of one `--mount`: `key=value` fields parted by commas, quoted as in CSV.

import { parseGoBool } from '../base/go-bool.ts'
import { didYouMean } from './nearest-word.ts'
import { SyntaxProblem } from './source-error.ts'

const shared = ['target', 'readonly', 'readwrite', 'nosuid', 'nodev', 'noexec', 'consistency']
const sourced = ['from', 'source', 'relabel', 'chown', 'propagation', 'bind-nonrecursive', 'no-dereference']

const keys = {
  bind: [...shared, ...sourced],
  cache: [...shared, ...sourced, 'id', 'sharing', 'mode', 'uid', 'gid'],
  tmpfs: [...shared, 'size', 'mode', 'tmpcopyup'],
  secret: ['id', 'source', 'target', 'env', 'required', 'mode', 'uid', 'gid'],
  ssh: ['id', 'source', 'target', 'required', 'mode', 'uid', 'gid'],
} as const satisfies Record<string, readonly string[]>

export type MountType = keyof typeof keys

/** Keys in their first spelling; undefined is a key without `=`. */
export type Fields = ReadonlyMap<string, string | undefined>

const aliases: Readonly<Record<string, readonly [key: string, value?: string]>> = {
  src: ['source'],
  dst: ['target'],
  destination: ['target'],
  ro: ['readonly'],
  rw: ['readwrite'],
  z: ['relabel', 'shared'],
  Z: ['relabel', 'private'],
  U: ['chown', 'true'],
  'bind-propagation': ['propagation'],
  'tmpfs-size': ['size'],
  'tmpfs-mode': ['mode'],
  ...Object.fromEntries(
    ['shared', 'rshared', 'private', 'rprivate', 'slave', 'rslave'].map((word) => [word, ['propagation', word]]),
  ),
}

/** Keys that mean something without a value. */
const flags = new Set(
  'readonly readwrite required relabel chown propagation nosuid nodev noexec bind-nonrecursive no-dereference tmpcopyup'.split(
    ' ',
  ),
)

/** @throws SyntaxProblem for an unknown type, and for keys that the type does not have */
export function parseMountFields(text: string): { type: MountType; fields: Fields } {
  const all = new Map(splitFields(text).map(canonical))
  const type = parseType(all.get('type') ?? 'bind')
  all.delete('type')
  for (const [key, value] of all) checkKey(type, key, value)
  return { type, fields: all }
}

/** Variables in the values; keys are plain. */
export function expandMount(text: string, expand: (word: string) => string): string {
  const fields = splitFields(text).map(({ key, value }) => (value === undefined ? key : `${key}=${expand(value)}`))
  return fields.map(csvField).join(',')
}

export function valueOf(fields: Fields, key: string): string | undefined {
  return fields.get(key)
}

/** The key alone is yes. @throws SyntaxProblem for what is neither true nor false */
export function isTrue(fields: Fields, key: string): boolean {
  if (!fields.has(key)) return false
  const text = fields.get(key)
  const value = text === undefined ? true : parseGoBool(text)
  if (value !== undefined) return value
  throw new SyntaxProblem(`${key} of a mount is true or false, not '${text}'`, { near: key })
}

interface Field {
  readonly key: string
  readonly value: string | undefined
}

function splitFields(text: string): Field[] {
  return splitCsv(text).map((field) => {
    const equals = field.indexOf('=')
    return equals < 0
      ? { key: field, value: undefined }
      : { key: field.slice(0, equals), value: field.slice(equals + 1) }
  })
}

/** Commas part fields but for those in a field that double quotes enclose; a doubled quote in it is one. */
function splitCsv(text: string): string[] {
  const fields = text.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,]*)(?=,|$)/g) ?? []
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field))
}

function csvField(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

function canonical({ key, value }: Field): [string, string | undefined] {
  const alias = (Object.hasOwn(aliases, key) ? aliases[key] : undefined) ?? aliases[key.toLowerCase()]
  if (alias === undefined) return [key.toLowerCase(), value]
  return [alias[0], value ?? alias[1]]
}

function parseType(word: string): MountType {
  const type = word.toLowerCase()
  if (Object.hasOwn(keys, type)) return type as MountType
  throw new SyntaxProblem(`unknown mount type '${word}'`, { near: '--mount', ...didYouMean(word, Object.keys(keys)) })
}

function checkKey(type: MountType, key: string, value: string | undefined): void {
  const own: readonly string[] = keys[type]
  if (own.includes(key)) {
    if (value !== undefined || flags.has(key)) return
    throw new SyntaxProblem(`'${key}' of a mount needs a value`, { near: key, hint: `Write ${key}=VALUE.` })
  }
  const isKnown = Object.values<readonly string[]>(keys).some((known) => known.includes(key))
  const what = isKnown ? `a ${type} mount has no '${key}'` : `unknown key '${key}' of a ${type} mount`
  throw new SyntaxProblem(what, { near: key, ...didYouMean(key, own) })
}
