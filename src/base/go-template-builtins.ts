// The functions that every Go template knows. `and` and `or` are not here: they do not evaluate all of their arguments.

import { format } from './go-printf.ts'
import { compareFunctions } from './go-template-compare.ts'
import type { FunctionTable } from './go-template-frame.ts'
import { goText, goType, isGoMap, isTruth, zeroElement } from './go-value.ts'

export const builtinFunctions: FunctionTable = {
  ...compareFunctions,
  not: { parameters: ['any'], call: (value) => !isTruth(value) },
  len: { parameters: ['any'], call: length },
  index: { parameters: ['any', 'any'], isVariadic: true, call: index },
  slice: { parameters: ['any', 'any'], isVariadic: true, call: slice },
  print: { parameters: ['any'], isVariadic: true, call: print },
  println: { parameters: ['any'], isVariadic: true, call: (...words) => `${words.map(shown).join(' ')}\n` },
  printf: { parameters: ['string', 'any'], isVariadic: true, call: (text, ...words) => format(text as string, words) },
  html: { parameters: ['any'], isVariadic: true, call: (...words) => escapeHtml(print(...words)) },
  js: { parameters: ['any'], isVariadic: true, call: (...words) => escapeScript(print(...words)) },
  urlquery: { parameters: ['any'], isVariadic: true, call: (...words) => escapeQuery(print(...words)) },
  call: {
    parameters: ['any', 'any'],
    isVariadic: true,
    call: (fun) => {
      throw new Error(`non-function of type ${goType(fun)}`)
    },
  },
}

/** Go's Sprint: a space between two neighbours neither of which is a string. */
function print(...words: readonly unknown[]): string {
  return words.reduce<string>((text, word, at) => {
    const isApart = at > 0 && typeof word !== 'string' && typeof words[at - 1] !== 'string'
    return text + (isApart ? ' ' : '') + shown(word)
  }, '')
}

function shown(value: unknown): string {
  return value === undefined ? '<no value>' : goText(value)
}

function length(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  if (isGoMap(value)) return Object.keys(value).length
  if (value === undefined || value === null) throw new Error('len of nil pointer')
  throw new Error(`len of type ${goType(value)}`)
}

function index(value: unknown, ...keys: readonly unknown[]): unknown {
  return keys.reduce(element, value)
}

function element(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) throw new Error('index of untyped nil')
  if (isGoMap(value)) {
    if (typeof key !== 'string') throw new Error(`value has type ${goType(key)}; should be string`)
    return Object.keys(value).includes(key) ? value[key] : zeroElement(value)
  }
  if (typeof value !== 'string' && !Array.isArray(value)) throw new Error(`can't index item of type ${goType(value)}`)
  const at = position(key)
  const items = typeof value === 'string' ? Buffer.from(value) : value
  if (at < 0 || at >= items.length) throw new Error(`index out of range: ${at}`)
  return items[at]
}

function position(key: unknown): number {
  if (typeof key === 'number') return key
  if (key === undefined || key === null) throw new Error('cannot index slice/array with nil')
  throw new Error(`cannot index slice/array with type ${goType(key)}`)
}

function slice(value: unknown, ...bounds: readonly unknown[]): unknown {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new Error(`can't slice item of type ${goType(value)}`)
  if (bounds.length > 3) throw new Error(`too many slice indexes: ${bounds.length}`)
  if (typeof value !== 'string') return value.slice(...between(bounds, value.length))
  if (bounds.length === 3) throw new Error('cannot 3-index slice a string')
  const bytes = Buffer.from(value)
  return bytes.subarray(...between(bounds, bytes.length)).toString()
}

function between(bounds: readonly unknown[], length: number): [number, number] {
  const [from = 0, to = length, capacity = length] = bounds.map(position)
  const wrong = [from, to, capacity].find((bound) => bound < 0 || bound > length)
  if (wrong !== undefined) throw new Error(`index out of range: ${wrong}`)
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`)
  return [from, to]
}

const entities: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\uFFFD',
}

function escapeHtml(text: string): string {
  return text.replace(/["'&<>\0]/g, (char) => entities[char] ?? char)
}

function escapeScript(text: string): string {
  return text.replace(/[\\'"<>&=\p{Cc}]/gu, (char) => {
    if (['\\', "'", '"'].includes(char)) return `\\${char}`
    return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  })
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
