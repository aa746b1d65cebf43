// Words of a Dockerfile as BuildKit's own small shell reads them: quotes, escapes, `$name`, `${name}` and its modifiers. Nothing is run.

import { type EngineError, invalid } from '../base/errors.ts'
import { isNameChar, isSpecialParameter, splitAtSpaces } from './characters.ts'
import { replaceMatches, trimEnd, trimStart } from './shell-pattern.ts'

export interface WordOptions {
  readonly escape: '\\' | '`'
  /** Undefined is unset, which some modifiers tell from empty. */
  readonly lookup: (name: string) => string | undefined
  readonly keepsQuotes?: boolean
  readonly keepsEscapes?: boolean
  /** Quotes are characters as any other: contents of heredocs. */
  readonly ignoresQuotes?: boolean
  /** What is unset stays as it was written. */
  readonly keepsUnset?: boolean
}

/** What a word may grow to: `ENV a=$a$a` doubles it each time. */
const maxLength = 1 << 20
const maxDepth = 100

interface Reading {
  readonly chars: readonly string[]
  at: number
  depth: number
  keepsEscapes: boolean
  readonly options: WordOptions
}

/** Text, and whether blanks in it part words. */
interface Piece {
  readonly text: string
  readonly splits: boolean
}

/** One word. @throws invalid `word-malformed`: an open quote or brace, an unknown modifier, `${name:?message}` */
export function expandWord(word: string, options: WordOptions): string {
  return textOf(readAll(word, options))
}

/** A line's words, parted at blanks after expansion, but not at quoted or escaped ones. @throws invalid `word-malformed` */
export function expandWords(line: string, options: WordOptions): string[] {
  const words = ['']
  for (const { text, splits } of readAll(line, options)) {
    const [first = '', ...others] = splits ? splitAtSpaces(text) : [text]
    words.push(`${words.pop()}${first}`, ...others)
  }
  return words.filter((word) => word !== '')
}

function readAll(word: string, options: WordOptions): Piece[] {
  const keepsEscapes = options.keepsEscapes === true
  return readUntil({ chars: Array.from(word), at: 0, depth: 0, keepsEscapes, options }, undefined)
}

/** Reads up to `stop` and takes it, or to the end where there is none. */
function readUntil(reading: Reading, stop: string | undefined): Piece[] {
  const pieces: Piece[] = []
  let length = 0
  while (reading.at < reading.chars.length) {
    if (stop !== undefined && peek(reading) === stop) {
      reading.at++
      return pieces
    }
    const piece = readPiece(reading)
    length += piece.text.length
    if (length > maxLength) throw malformed(`grows beyond ${maxLength} characters`)
    pieces.push(piece)
  }
  if (stop !== undefined) throw malformed(`missing '${stop}'`)
  return pieces
}

function readPiece(reading: Reading): Piece {
  const { escape, ignoresQuotes } = reading.options
  const char = peek(reading) as string
  if (char === '$') return { text: readDollar(reading), splits: true }
  if (char === '<') return { text: readAngle(reading), splits: false }
  if (char === "'" && ignoresQuotes !== true) return { text: readSingleQuoted(reading), splits: false }
  if (char === '"' && ignoresQuotes !== true) return { text: readDoubleQuoted(reading), splits: false }
  reading.at++
  if (char !== escape) return { text: char, splits: true }
  const kept = reading.keepsEscapes ? char : ''
  return { text: kept + (take(reading) ?? ''), splits: false }
}

/** Blanks between `<<` and a heredoc's name part no words. */
function readAngle(reading: Reading): string {
  reading.at++
  if (peek(reading) !== '<') return '<'
  reading.at++
  let text = '<<'
  for (let char = peek(reading); char === ' ' || char === '\t' || char === '\r'; char = peek(reading)) {
    text += char
    reading.at++
  }
  return text
}

function readSingleQuoted(reading: Reading): string {
  const end = reading.chars.indexOf("'", reading.at + 1)
  if (end < 0) throw malformed('missing closing single quote')
  const text = reading.chars.slice(reading.at + 1, end).join('')
  reading.at = end + 1
  return reading.options.keepsQuotes === true ? `'${text}'` : text
}

function readDoubleQuoted(reading: Reading): string {
  const parts: string[] = []
  reading.at++
  for (let char = peek(reading); char !== '"'; char = peek(reading)) {
    if (char === undefined) throw malformed('missing closing double quote')
    parts.push(char === '$' ? readDollar(reading) : readQuotedChar(reading))
  }
  reading.at++
  const text = parts.join('')
  return reading.options.keepsQuotes === true ? `"${text}"` : text
}

/** Between double quotes an escape counts before `"`, `$` and itself only. */
function readQuotedChar(reading: Reading): string {
  const { escape } = reading.options
  const char = take(reading) as string
  if (char !== escape) return char
  const kept = reading.keepsEscapes ? char : ''
  const next = peek(reading)
  if (next === undefined) return kept
  if (next !== '"' && next !== '$' && next !== escape) return kept + char
  reading.at++
  return kept + next
}

function readDollar(reading: Reading): string {
  reading.at++
  if (peek(reading) === '{') return readBraces(reading)
  const name = readName(reading)
  if (name === '') return '$'
  return reading.options.lookup(name) ?? (reading.options.keepsUnset === true ? `$${name}` : '')
}

function readBraces(reading: Reading): string {
  reading.at++
  if (++reading.depth > maxDepth) throw malformed(`more than ${maxDepth} levels of braces`)
  const first = peek(reading)
  if (first === '{' || first === '}' || first === ':') throw malformed(`bad substitution '\${${first}'`)
  const name = readName(reading)
  const text = readModifier(reading, name)
  reading.depth--
  return text
}

function readModifier(reading: Reading, name: string): string {
  const { lookup, keepsUnset } = reading.options
  const modifier = take(reading)
  if (modifier === undefined) throw malformed(`missing '}' after '\${${name}'`)
  if (modifier === '}') return lookup(name) ?? (keepsUnset === true ? `\${${name}}` : '')
  if (modifier === '/') return replaced(reading, name)
  const operator = modifier === ':' ? `:${take(reading) ?? ''}` : modifier
  if (!operators.has(operator)) throw malformed(`unsupported modifier '${operator}' in '\${${name}${operator}…}'`)
  return modified(reading, name, operator)
}

const operators = new Set(['-', '+', '?', ':-', ':+', ':?', '#', '%'])

function modified(reading: Reading, name: string, operator: string): string {
  const { lookup, keepsUnset } = reading.options
  const isPattern = operator === '#' || operator === '%'
  const word = textOf(withEscapes(reading, isPattern, () => readUntil(reading, '}')))
  const value = lookup(name)
  if (value === undefined && keepsUnset === true) return `\${${name}${operator}${word}}`
  return isPattern ? trimmed(operator, word, value ?? '') : chosen(operator, { name, word, value })
}

function trimmed(operator: string, word: string, value: string): string {
  const isLongest = word.startsWith(operator)
  const pattern = isLongest ? word.slice(1) : word
  return operator === '#' ? trimStart(value, pattern, isLongest) : trimEnd(value, pattern, isLongest)
}

interface Choice {
  readonly name: string
  readonly word: string
  readonly value: string | undefined
}

function chosen(operator: string, { name, word, value }: Choice): string {
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '')
  switch (operator.at(-1)) {
    case '-':
      return isSet ? value : word
    case '+':
      return isSet ? word : ''
    default:
      if (isSet) return value
      throw malformed(`${name}: ${word === '' ? `must be set${operator === ':?' ? ' and not empty' : ''}` : word}`)
  }
}

function replaced(reading: Reading, name: string): string {
  const all = peek(reading) === '/'
  if (all) reading.at++
  const pattern = textOf(withEscapes(reading, true, () => readUntil(reading, '/')))
  const replacement = textOf(withEscapes(reading, true, () => readUntil(reading, '}')))
  const value = reading.options.lookup(name)
  if (value === undefined && reading.options.keepsUnset === true) {
    return `\${${name}${all ? '//' : '/'}${pattern}/${replacement}}`
  }
  return replaceMatches(value ?? '', { pattern, replacement, all })
}

function withEscapes<T>(reading: Reading, keepsEscapes: boolean, read: () => T): T {
  const before = reading.keepsEscapes
  reading.keepsEscapes = keepsEscapes
  const result = read()
  reading.keepsEscapes = before
  return result
}

/** A variable's name, a positional parameter's number or a special parameter's sign; empty where there is none. */
function readName(reading: Reading): string {
  const first = peek(reading)
  if (first === undefined) return ''
  if (isSpecialParameter(first) && !/\d/.test(first)) {
    reading.at++
    return first
  }
  const belongs = /\d/.test(first) ? (char: string) => /\d/.test(char) : isNameChar
  let name = ''
  for (let char = peek(reading); char !== undefined && belongs(char); char = peek(reading)) {
    name += char
    reading.at++
  }
  return name
}

function peek(reading: Reading): string | undefined {
  return reading.chars[reading.at]
}

function take(reading: Reading): string | undefined {
  return reading.chars[reading.at++]
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('')
}

function malformed(what: string): EngineError {
  return invalid('word-malformed', what)
}
