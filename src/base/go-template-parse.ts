// Tokens → tree: lists of texts, actions and branches. What stands inside an action is go-template-pipe.ts' business.

import { parsePipe } from './go-template-pipe.ts'
import { type Cursor, malformed, nextSolid, openCursor, peekSolid, unexpected, unquote } from './go-template-scan.ts'
import type { BranchNode, GoTemplate, Pipe, TemplateNode } from './go-template-tree.ts'

export interface TemplateText {
  /** In messages: podman gives each command's own. */
  readonly name: string
  readonly text: string
  /** Names that may be called. */
  readonly functions: ReadonlySet<string>
}

/** @throws invalid `template-malformed`, in Go's words */
export function parseTemplate(source: TemplateText): GoTemplate {
  const cursor = openCursor(source)
  const defined = new Map<string, readonly TemplateNode[]>()
  const parser: Parser = { cursor, defined, loops: 0 }
  const { nodes, end } = parseList(parser)
  if (end.word !== 'eof') throw malformed(cursor, `unexpected {{${end.word}}}`)
  return { name: source.name, text: source.text, root: nodes, defined }
}

interface Parser {
  readonly cursor: Cursor
  readonly defined: Map<string, readonly TemplateNode[]>
  loops: number
}

/** What stopped a list. */
interface ListEnd {
  readonly word: 'end' | 'else' | 'eof'
}

interface List {
  readonly nodes: readonly TemplateNode[]
  readonly end: ListEnd
}

function parseList(parser: Parser): List {
  const { cursor } = parser
  const nodes: TemplateNode[] = []
  for (;;) {
    const token = nextSolid(cursor)
    if (token.kind === 'eof') return { nodes, end: { word: 'eof' } }
    if (token.kind === 'text') {
      nodes.push({ kind: 'text', text: token.text })
      continue
    }
    if (token.kind !== 'left') throw unexpected(cursor, token, 'input')
    const node = parseAction(parser)
    if (node === undefined) continue
    if ('word' in node) return { nodes, end: node }
    nodes.push(node)
  }
}

/** A body that an `end` must close. */
function parseBody(parser: Parser): List {
  const body = parseList(parser)
  if (body.end.word === 'eof') throw malformed(parser.cursor, 'unexpected EOF')
  return body
}

function parseAction(parser: Parser): TemplateNode | ListEnd | undefined {
  const { cursor } = parser
  const token = peekSolid(cursor)
  if (token.kind !== 'keyword') {
    const pipe = parsePipe(cursor, { context: 'command', close: 'right' })
    return { kind: 'action', pipe }
  }
  nextSolid(cursor)
  switch (token.text) {
    case 'if':
    case 'with':
    case 'range':
      return parseBranch(parser, token.text)
    case 'end':
      expectRight(cursor, 'end')
      return { word: 'end' }
    case 'else':
      if (!['if', 'with'].includes(peekSolid(cursor).text)) expectRight(cursor, 'else')
      return { word: 'else' }
    case 'define':
      return parseDefine(parser)
    case 'block':
      return parseBlock(parser)
    case 'template':
      return parseTemplateCall(cursor)
    default:
      return parseLoopWord(parser, token.text as 'break' | 'continue')
  }
}

function parseBranch(parser: Parser, kind: BranchNode['kind']): BranchNode {
  const { cursor } = parser
  const known = cursor.variables.length
  const pipe = parsePipe(cursor, { context: kind, close: 'right' })
  if (kind === 'range') parser.loops++
  const body = parseBody(parser)
  if (kind === 'range') parser.loops--
  const elseList = body.end.word === 'else' ? parseElse(parser, kind) : []
  cursor.variables.length = known
  return { kind, pipe, list: body.nodes, elseList }
}

/** `else` with a body of its own, or `else if`, `else with`, whose `end` closes both. */
function parseElse(parser: Parser, kind: BranchNode['kind']): readonly TemplateNode[] {
  const { cursor } = parser
  const next = peekSolid(cursor)
  if (next.kind === 'keyword' && next.text === kind && kind !== 'range') {
    nextSolid(cursor)
    return [parseBranch(parser, kind)]
  }
  if (next.kind === 'keyword' && ['if', 'with'].includes(next.text) && isInsideElse(cursor)) {
    throw unexpected(cursor, next, 'else')
  }
  const body = parseBody(parser)
  if (body.end.word === 'else') throw malformed(cursor, 'expected end; found {{else}}')
  return body.nodes
}

/** The action of `else` is still open: what follows was meant as `else if` or `else with`. */
function isInsideElse(cursor: Cursor): boolean {
  return cursor.tokens.slice(0, cursor.next).findLast((token) => token.kind !== 'space')?.text === 'else'
}

function parseDefine(parser: Parser): undefined {
  const name = expectName(parser.cursor, 'define clause')
  expectRight(parser.cursor, 'define clause')
  parser.defined.set(name, parseOwnScope(parser))
}

function parseBlock(parser: Parser): TemplateNode {
  const { cursor } = parser
  const at = peekSolid(cursor).at
  const name = expectName(cursor, 'block clause')
  const pipe = parsePipe(cursor, { context: 'block clause', close: 'right' })
  parser.defined.set(name, parseOwnScope(parser))
  return { kind: 'template', name, pipe, at }
}

/** Another template's body sees none of our variables. */
function parseOwnScope(parser: Parser): readonly TemplateNode[] {
  const outer = parser.cursor.variables.splice(0, parser.cursor.variables.length, '$')
  const body = parseBody(parser)
  if (body.end.word === 'else') throw malformed(parser.cursor, 'unexpected {{else}} in define clause')
  parser.cursor.variables.splice(0, parser.cursor.variables.length, ...outer)
  return body.nodes
}

function parseTemplateCall(cursor: Cursor): TemplateNode {
  const at = peekSolid(cursor).at
  const name = expectName(cursor, 'template clause')
  let pipe: Pipe | undefined
  if (peekSolid(cursor).kind === 'right') nextSolid(cursor)
  else pipe = parsePipe(cursor, { context: 'template clause', close: 'right' })
  return { kind: 'template', name, pipe, at }
}

function parseLoopWord(parser: Parser, kind: 'break' | 'continue'): TemplateNode {
  if (parser.loops === 0) throw malformed(parser.cursor, `{{${kind}}} outside {{range}}`)
  expectRight(parser.cursor, `{{${kind}}}`)
  return { kind }
}

function expectRight(cursor: Cursor, context: string): void {
  const token = nextSolid(cursor)
  if (token.kind !== 'right') throw unexpected(cursor, token, context)
}

function expectName(cursor: Cursor, context: string): string {
  const token = nextSolid(cursor)
  if (token.kind !== 'string') throw unexpected(cursor, token, context)
  return unquote(cursor, token)
}
