// Go's template text → tokens. The lexer never throws: what it cannot read ends the list as one token of kind `error`, so that the parser
// reports whatever comes first.

export type TokenKind =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'dot'
  | 'nil'
  | 'bool'
  | 'number'
  | 'char'
  | 'string'
  | 'pipe'
  | 'open'
  | 'close'
  | 'declare'
  | 'assign'
  | 'mark'
  | 'eof'
  | 'error'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly at: number
  readonly line: number
}

export function lexTemplate(text: string): Token[] {
  const lexer: Lexer = { text, at: 0, line: 1, depth: 0, tokens: [] }
  while (lexer.at < text.length && lexer.tokens.at(-1)?.kind !== 'error') lexText(lexer)
  if (lexer.tokens.at(-1)?.kind !== 'error') push(lexer, 'eof', '')
  return lexer.tokens
}

interface Lexer {
  readonly text: string
  at: number
  line: number
  /** Of parentheses. */
  depth: number
  readonly tokens: Token[]
}

function push(lexer: Lexer, kind: TokenKind, text: string): void {
  lexer.tokens.push({ kind, text, at: lexer.at, line: lexer.line })
  advance(lexer, text.length)
}

function advance(lexer: Lexer, length: number): void {
  for (let at = lexer.at; at < lexer.at + length; at++) if (lexer.text[at] === '\n') lexer.line++
  lexer.at += length
}

function fail(lexer: Lexer, message: string): void {
  lexer.tokens.push({ kind: 'error', text: message, at: lexer.at, line: lexer.line })
}

/** Text up to the next action, and that action. */
function lexText(lexer: Lexer): void {
  const found = lexer.text.indexOf('{{', lexer.at)
  const end = found === -1 ? lexer.text.length : found
  const isTrimmed = /^\{\{-[ \t\r\n]/.test(lexer.text.slice(end, end + 4))
  const raw = lexer.text.slice(lexer.at, end)
  const kept = isTrimmed ? raw.replace(/[ \t\r\n]+$/, '') : raw
  if (kept !== '') push(lexer, 'text', kept)
  advance(lexer, end - lexer.at)
  if (found === -1) return
  if (lexer.text.startsWith('/*', end + (isTrimmed ? 4 : 2))) return lexComment(lexer, isTrimmed)
  lexer.tokens.push({ kind: 'left', text: '{{', at: lexer.at, line: lexer.line })
  advance(lexer, isTrimmed ? 3 : 2)
  lexAction(lexer)
}

function lexComment(lexer: Lexer, isTrimmed: boolean): void {
  const end = lexer.text.indexOf('*/', lexer.at + (isTrimmed ? 6 : 4))
  if (end === -1) return fail(lexer, 'unclosed comment')
  const close = closing.exec(lexer.text.slice(end + 2))?.[0]
  if (close === undefined) return fail(lexer, 'comment ends before closing delimiter')
  advance(lexer, end + 2 - lexer.at)
  leaveAction(lexer, close)
}

const closing = /^(?:[ \t\r\n]-\}\}|\}\})/

function leaveAction(lexer: Lexer, close: string): void {
  const blank = close === '}}' ? '' : (/^[ \t\r\n]+/.exec(lexer.text.slice(lexer.at + close.length))?.[0] ?? '')
  advance(lexer, close.length + blank.length)
}

function lexAction(lexer: Lexer): void {
  lexer.depth = 0
  while (lexer.tokens.at(-1)?.kind !== 'error') {
    const rest = lexer.text.slice(lexer.at)
    const close = closing.exec(rest)?.[0]
    if (close !== undefined) {
      if (lexer.depth > 0) return fail(lexer, 'unclosed left paren')
      lexer.tokens.push({ kind: 'right', text: '}}', at: lexer.at, line: lexer.line })
      return leaveAction(lexer, close)
    }
    if (rest === '') return fail(lexer, 'unclosed action')
    lexInside(lexer, rest)
  }
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /^(?:[ \t\r\n](?!-\}\}))+/],
  ['declare', /^:=/],
  ['assign', /^=/],
  ['pipe', /^\|/],
  ['string', /^"(?:[^"\\\n]|\\[^\n])*"/],
  ['string', /^`[^`]*`/],
  ['char', /^'(?:[^'\\\n]|\\[^\n])+'/],
  ['variable', /^\$[\p{L}\p{Nd}_]*/u],
  ['number', /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/],
  ['field', /^\.[\p{L}\p{Nd}_]+/u],
  ['dot', /^\./],
  ['identifier', /^[\p{L}_][\p{L}\p{Nd}_]*/u],
  ['open', /^\(/],
  ['close', /^\)/],
]

const keywords = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'])
const reserved: Readonly<Record<string, TokenKind>> = { nil: 'nil', true: 'bool', false: 'bool' }
const wordKinds = new Set<TokenKind>(['variable', 'field', 'identifier'])

function lexInside(lexer: Lexer, rest: string): void {
  for (const [kind, pattern] of patterns) {
    const text = pattern.exec(rest)?.[0]
    if (text !== undefined) return lexToken(lexer, kind, text)
  }
  if (/^[\x21-\x7e]/.test(rest) && !/^[:"'`]/.test(rest)) return push(lexer, 'mark', rest[0] as string)
  fail(lexer, complaint(rest))
}

function lexToken(lexer: Lexer, kind: TokenKind, text: string): void {
  const following = lexer.text.slice(lexer.at + text.length)
  if (wordKinds.has(kind) && !isTerminator(following)) return fail(lexer, `bad character ${unicode(following)}`)
  if (kind === 'number' && /^[\p{L}\p{Nd}_]/u.test(following)) {
    return fail(lexer, `bad number syntax: ${JSON.stringify(text + (following[0] ?? ''))}`)
  }
  if (kind === 'open') lexer.depth++
  if (kind === 'close' && --lexer.depth < 0) return fail(lexer, 'unexpected right paren')
  push(lexer, kind === 'identifier' ? wordKind(text) : kind, text)
}

function wordKind(word: string): TokenKind {
  return keywords.has(word) ? 'keyword' : (reserved[word] ?? 'identifier')
}

function isTerminator(next: string): boolean {
  return next === '' || /^(?:[ \t\r\n.,|:()=]|\}\})/.test(next)
}

function complaint(rest: string): string {
  if (rest.startsWith(':')) return 'expected :='
  if (rest.startsWith('"')) return 'unterminated quoted string'
  if (rest.startsWith('`')) return 'unterminated raw quoted string'
  if (rest.startsWith("'")) return 'unterminated character constant'
  return `unrecognized character in action: ${unicode(rest)}`
}

/** Go's %#U. */
function unicode(text: string): string {
  const point = text.codePointAt(0) ?? 0
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(point)}'`
}
