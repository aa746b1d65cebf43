// What stands inside an action: declarations, commands and their operands.

import type { Token } from './go-template-lex.ts'
import { type Cursor, malformed, next, nextSolid, peek, peekSolid, unexpected, unquote } from './go-template-scan.ts'
import type { Command, Operand, Pipe } from './go-template-tree.ts'
import { goQuote } from './go-value.ts'

interface PipeContext {
  /** What it is part of, for messages. */
  readonly context: string
  readonly close: 'right' | 'close'
}

/** Up to and with what closes it. @throws invalid `template-malformed` */
export function parsePipe(cursor: Cursor, { context, close }: PipeContext): Pipe {
  const at = peekSolid(cursor).at
  const { variables, isAssignment } = parseDeclaration(cursor, context)
  const commands: Command[] = []
  for (;;) {
    const token = peekSolid(cursor)
    if (token.kind === close) {
      nextSolid(cursor)
      checkPipe(cursor, commands, context)
      return { kind: 'pipe', at, isAssignment, variables, commands }
    }
    if (token.kind === 'pipe' || !startsOperand.has(token.kind)) throw unexpected(cursor, nextSolid(cursor), context)
    commands.push(parseCommand(cursor))
  }
}

const startsOperand: ReadonlySet<Token['kind']> = new Set([
  'bool',
  'char',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'string',
  'variable',
  'open',
] as const)

function checkPipe(cursor: Cursor, commands: readonly Command[], context: string): void {
  if (commands.length === 0) throw malformed(cursor, `missing value for ${context}`)
  for (const [index, { args }] of commands.slice(1).entries()) {
    const kind = args[0]?.kind
    if (kind === 'literal' || kind === 'dot' || kind === 'nil') {
      throw malformed(cursor, `non executable command in pipeline stage ${index + 2}`)
    }
  }
}

/** `$x :=`, `$x =`, and for `range` also `$i, $x :=`. */
function parseDeclaration(cursor: Cursor, context: string): Pick<Pipe, 'variables' | 'isAssignment'> {
  const start = cursor.next
  const names: string[] = []
  while (peekSolid(cursor).kind === 'variable') {
    names.push(nextSolid(cursor).text)
    const token = nextSolid(cursor)
    if (token.kind === 'declare' || token.kind === 'assign') {
      return declare(cursor, names, { context, isAssignment: token.kind === 'assign' })
    }
    if (token.kind !== 'mark' || token.text !== ',' || context !== 'range') break
  }
  cursor.next = start
  return { variables: [], isAssignment: false }
}

interface Declaration {
  readonly context: string
  readonly isAssignment: boolean
}

function declare(cursor: Cursor, names: readonly string[], { context, isAssignment }: Declaration) {
  if (names.length > 2) throw malformed(cursor, `too many declarations in ${context}`)
  for (const name of names) {
    if (!isAssignment) cursor.variables.push(name)
    else checkDeclared(cursor, name)
  }
  return { variables: names, isAssignment }
}

function checkDeclared(cursor: Cursor, name: string): void {
  if (!cursor.variables.includes(name)) throw malformed(cursor, `undefined variable ${goQuote(name)}`)
}

/** Operands with spaces between them, up to `|` or what closes the pipe, which stays. */
function parseCommand(cursor: Cursor): Command {
  const at = peekSolid(cursor).at
  const args: Operand[] = []
  for (;;) {
    peekSolid(cursor)
    const operand = parseOperand(cursor)
    if (operand !== undefined) args.push(operand)
    const token = next(cursor)
    if (token.kind === 'space') continue
    if (token.kind === 'pipe') {
      if (!startsOperand.has(peekSolid(cursor).kind)) throw malformed(cursor, 'missing value for command')
      break
    }
    if (token.kind !== 'right' && token.kind !== 'close') throw unexpected(cursor, token, 'operand')
    cursor.next--
    break
  }
  if (args.length === 0) throw malformed(cursor, 'empty command')
  return { kind: 'command', at, args }
}

function parseOperand(cursor: Cursor): Operand | undefined {
  const base = parseTerm(cursor)
  if (base === undefined || peek(cursor).kind !== 'field') return base
  const at = peek(cursor).at
  const names: string[] = []
  while (peek(cursor).kind === 'field') names.push(next(cursor).text.slice(1))
  if (base.kind === 'field' || base.kind === 'variable') return { ...base, at, names: [...base.names, ...names] }
  if (base.kind === 'literal' || base.kind === 'nil' || base.kind === 'dot') {
    const what = base.kind === 'literal' ? base.source : base.kind === 'nil' ? 'nil' : '.'
    throw malformed(cursor, `unexpected . after term ${goQuote(what)}`)
  }
  return { kind: 'chain', at, base, names }
}

function parseTerm(cursor: Cursor): Operand | undefined {
  const token = next(cursor)
  const { at, text } = token
  switch (token.kind) {
    case 'identifier':
      if (!cursor.functions.has(text)) throw malformed(cursor, `function ${goQuote(text)} not defined`)
      return { kind: 'identifier', at, name: text }
    case 'dot':
    case 'nil':
      return { kind: token.kind, at }
    case 'variable':
      checkDeclared(cursor, text)
      return { kind: 'variable', at, name: text, names: [] }
    case 'field':
      return { kind: 'field', at, names: [text.slice(1)] }
    case 'open':
      return parsePipe(cursor, { context: 'parenthesized pipeline', close: 'close' })
    case 'bool':
    case 'char':
    case 'number':
    case 'string':
      return { kind: 'literal', at, value: literal(cursor, token), source: text }
    default:
      cursor.next--
      return undefined
  }
}

function literal(cursor: Cursor, token: Token): string | number | boolean {
  switch (token.kind) {
    case 'bool':
      return token.text === 'true'
    case 'string':
      return unquote(cursor, token)
    case 'char':
      return unquote(cursor, token).codePointAt(0) ?? 0
    default:
      return readNumber(cursor, token.text)
  }
}

function readNumber(cursor: Cursor, text: string): number {
  const digits = text.replaceAll('_', '').replace(/^[+-]/, '')
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits)
  if (Number.isNaN(value)) throw malformed(cursor, `illegal number syntax: ${goQuote(text)}`)
  return text.startsWith('-') ? -value : value
}
