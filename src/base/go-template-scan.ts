// Walking over a template's tokens, and Go's words for what does not belong.

import { type EngineError, invalid } from './errors.ts'
import { lexTemplate, type Token } from './go-template-lex.ts'
import type { TemplateText } from './go-template-parse.ts'
import { goQuote } from './go-value.ts'

export interface Cursor {
  readonly name: string
  readonly tokens: readonly Token[]
  next: number
  readonly functions: ReadonlySet<string>
  /** Declared so far, innermost last. */
  readonly variables: string[]
}

export function openCursor({ name, text, functions }: TemplateText): Cursor {
  return { name, tokens: lexTemplate(text), next: 0, functions, variables: ['$'] }
}

export function peek(cursor: Cursor): Token {
  return cursor.tokens[Math.min(cursor.next, cursor.tokens.length - 1)] as Token
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor)
  cursor.next++
  return token
}

/** The next token that is no space, which stays where it is. */
export function peekSolid(cursor: Cursor): Token {
  while (peek(cursor).kind === 'space') cursor.next++
  return peek(cursor)
}

export function nextSolid(cursor: Cursor): Token {
  peekSolid(cursor)
  return next(cursor)
}

/** At the line of the last token that was read. */
export function malformed(cursor: Cursor, message: string): EngineError {
  const token = cursor.tokens[Math.min(Math.max(cursor.next - 1, 0), cursor.tokens.length - 1)]
  return invalid('template-malformed', `template: ${cursor.name}:${token?.line ?? 1}: ${message}`)
}

export function unexpected(cursor: Cursor, token: Token, context: string): EngineError {
  if (token.kind === 'error') return malformed(cursor, token.text)
  return malformed(cursor, `unexpected ${shown(token)} in ${context}`)
}

function shown({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF'
  if (kind === 'keyword') return `<${text}>`
  return text.length > 10 ? `${goQuote(text.slice(0, 10))}...` : goQuote(text)
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** The value of a string or character constant. @throws invalid `template-malformed` */
export function unquote(cursor: Cursor, { text }: Token): string {
  const inner = text.slice(1, -1)
  if (text.startsWith('`')) return inner
  return inner.replace(/\\(?:(?:x(..)|u(.{4})|U(.{8}))|([0-7]{3})|.)/gs, (whole, ...groups: unknown[]) => {
    const [x, short, long, octal] = groups as (string | undefined)[]
    const value = octal === undefined ? codePoint(x ?? short ?? long, 16) : codePoint(octal, 8)
    const char = value ?? escapes[whole.slice(1)]
    if (char === undefined) throw malformed(cursor, 'invalid syntax')
    return char
  })
}

function codePoint(digits: string | undefined, base: number): string | undefined {
  const point = digits === undefined ? Number.NaN : Number.parseInt(digits, base)
  return Number.isNaN(point) || point > 0x10ffff ? undefined : String.fromCodePoint(point)
}
