// Words in a unit file, as systemd splits and quotes them: systemd.syntax(7), systemd.service(5) "Command lines".

import { invalid } from '../base/errors.ts'

/**
 * Words between blanks, without their quotes; a quote that does not end is ended by the text. `escapes`: whether a backslash begins an escape,
 * as in command lines, or stands for itself, as in lists of units. @throws invalid `unit-escape-unknown`
 */
export function splitUnitWords(text: string, escapes: 'undone' | 'kept'): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string
    switch (kindOf(letter, quote, escapes)) {
      case 'escape': {
        const { meaning, length } = readEscape(text.slice(at + 1))
        word = (word ?? '') + meaning
        at += length
        break
      }
      case 'quote':
        quote = quote === '' ? letter : ''
        word ??= ''
        break
      case 'blank':
        if (word !== undefined) words.push(word)
        word = undefined
        break
      case 'text':
        word = (word ?? '') + letter
    }
  }
  return word === undefined ? words : [...words, word]
}

/** A word that is split to itself. Specifiers (`%n`) and variables (`$HOME`) in it stay what they are. */
export function quoteUnitWord(word: string): string {
  if (word !== '' && !/[ "'\\\p{Cc}]/u.test(word)) return word
  const inner = word.replaceAll(/["\\\p{Cc}]/gu, (letter) => {
    const short = shortEscapes.get(letter)
    return short === undefined ? `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\${short}`
  })
  return `"${inner}"`
}

/** A word of a command line that systemd takes for nothing but itself. */
export function quoteLiteralWord(word: string): string {
  return quoteUnitWord(word.replaceAll(/[$%]/g, '$&$&'))
}

const shortOnes: readonly (readonly [written: string, meaning: string])[] = [
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
  ['s', ' '],
]
const meanings = new Map(shortOnes)
const shortEscapes = new Map(shortOnes.map(([written, meaning]) => [meaning, written]))

/** A backslash at the very end is nothing. */
function readEscape(text: string): { meaning: string; length: number } {
  if (text === '') return { meaning: '', length: 0 }
  const short = meanings.get(text[0] as string)
  if (short !== undefined) return { meaning: short, length: 1 }
  const [whole = '', ...digits] = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3}))/.exec(text) ?? []
  const octal = digits.pop()
  const code = octal === undefined ? Number.parseInt(digits.join(''), 16) : Number.parseInt(octal, 8)
  if (!(code > 0 && code <= 0x10ffff)) throw invalid('unit-escape-unknown', `unsupported escape '\\${text[0]}'`)
  return { meaning: String.fromCodePoint(code), length: whole.length }
}

/** `quote`: the open one, or nothing. */
function kindOf(letter: string, quote: string, how: 'undone' | 'kept'): 'escape' | 'quote' | 'blank' | 'text' {
  if (letter === '\\' && how === 'undone') return 'escape'
  if (quote !== '') return letter === quote ? 'quote' : 'text'
  if (letter === '"' || letter === "'") return 'quote'
  return ' \t\n\r'.includes(letter) ? 'blank' : 'text'
}
