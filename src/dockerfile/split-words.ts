// Words as written: parted at blanks that are neither quoted nor escaped. Expansion takes quotes and escapes away later.

import { isSpace, trimLeading } from './characters.ts'

type Escape = '\\' | '`'

/** One character with what belongs to it: an escape with the next one, a quoted text whole, closed or not. */
const pieces: Record<Escape, RegExp> = {
  '\\': /\\[^]?|'[^']*'?|"(?:\\[^]|[^"\\])*\\?"?|[^]/uy,
  '`': /`[^]?|'[^']*'?|"(?:`[^]|[^"`])*`?"?|[^]/uy,
}

/** In flags an escape counts between single quotes too. */
const flagPieces: Record<Escape, RegExp> = {
  '\\': /\\[^]?|'(?:\\[^]|[^'\\])*\\?'?|"(?:\\[^]|[^"\\])*\\?"?|[^]/uy,
  '`': /`[^]?|'(?:`[^]|[^'`])*`?'?|"(?:`[^]|[^"`])*`?"?|[^]/uy,
}

/** Quotes and escapes stay; only an escape that ends the text goes. */
export function splitWords(text: string, escape: Escape): string[] {
  const words: string[] = []
  let word = ''
  for (const piece of readPieces(text, pieces[escape])) {
    if (isSpace(piece)) {
      if (word !== '') words.push(word)
      word = ''
    } else word += withoutLastEscape(piece, escape)
  }
  if (word !== '') words.push(word)
  return words
}

/** Blanks only; the empty text is no word. */
export function splitBlanks(text: string): string[] {
  return text === '' ? [] : text.split(/[\t\v\f\r ]+/)
}

/** The leading words that start with `--`, unquoted, up to one that is `--` alone; and what follows them. */
export function takeFlags(text: string, escape: Escape): { flags: string[]; rest: string } {
  const flags: string[] = []
  let rest = trimLeading(text)
  while (rest.startsWith('--')) {
    const { word, length } = firstWord(rest, escape)
    rest = trimLeading(rest.slice(length))
    if (word === '--') break
    flags.push(word)
  }
  return { flags, rest }
}

function firstWord(text: string, escape: Escape): { word: string; length: number } {
  let word = ''
  let length = 0
  for (const piece of readPieces(text, flagPieces[escape])) {
    if (isSpace(piece)) break
    length += piece.length
    word += unquoted(piece, escape)
  }
  return { word, length }
}

function unquoted(piece: string, escape: Escape): string {
  const quote = piece[0]
  if (quote !== '"' && quote !== "'") return unescaped(piece, escape)
  const isClosed = piece.length > 1 && piece.endsWith(quote)
  return unescaped(piece.slice(1, isClosed ? -1 : undefined), escape)
}

function unescaped(text: string, escape: Escape): string {
  return text.replaceAll(escape === '\\' ? /\\([^]?)/gu : /`([^]?)/gu, '$1')
}

function withoutLastEscape(piece: string, escape: Escape): string {
  if (piece === escape) return ''
  // An open quote that an escape ends: the escape is paired with nothing.
  const isOpen = piece.startsWith('"') && piece.length > 1 && !piece.endsWith('"')
  return isOpen && endsUnpaired(piece, escape) ? piece.slice(0, -1) : piece
}

function endsUnpaired(text: string, escape: Escape): boolean {
  let count = 0
  while (text[text.length - 1 - count] === escape) count++
  return count % 2 === 1
}

function* readPieces(text: string, pattern: RegExp): Generator<string> {
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const piece = (pattern.exec(text) as RegExpExecArray)[0]
    at += piece.length
    yield piece
  }
}
