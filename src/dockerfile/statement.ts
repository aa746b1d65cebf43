// Lines to statements: continuations joined, comments and blank lines inside them dropped, heredocs gathered. What an instruction's words mean
// is decided by its reader.

import { trimBlanks, trimLeading } from './characters.ts'
import { type HeredocMark, heredocMarks, type RawHeredoc } from './heredoc.ts'
import type { SourceRange } from './instruction.ts'
import { parseJsonForm } from './json-form.ts'
import { SyntaxProblem } from './source-error.ts'
import { takeFlags } from './split-words.ts'

export interface Statement {
  /** As written. */
  readonly keyword: string
  readonly flags: readonly string[]
  /** What follows keyword and flags, without blanks around it. */
  readonly rest: string
  /** The whole line, continuations joined. */
  readonly original: string
  readonly heredocs: readonly RawHeredoc[]
  readonly range: SourceRange
  /** Directly above it, without `#`. */
  readonly comments: readonly string[]
  readonly hasBlankContinuation: boolean
}

export type Escape = '\\' | '`'

/** A problem with its lines, for the caller who knows the file. */
export class StatementProblem extends Error {
  readonly range: SourceRange
  override readonly cause: unknown

  constructor(range: SourceRange, cause: unknown) {
    super('in a statement')
    this.name = 'StatementProblem'
    this.range = range
    this.cause = cause
  }
}

interface Lines {
  /** With their ends: heredocs keep them. */
  readonly all: readonly string[]
  at: number
  readonly escape: Escape
}

/** Every line but a last empty one, each with its end. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** @param from the first line to read, from 0 @throws StatementProblem */
export function* readStatements(
  all: readonly string[],
  { from, escape }: { from: number; escape: Escape },
): Generator<Statement> {
  const lines: Lines = { all, at: from, escape }
  let comments: string[] = []
  while (lines.at < all.length) {
    const line = trimLeading(withoutEnd(all[lines.at] as string))
    if (line.startsWith('#')) {
      const comment = trimBlanks(line.slice(1))
      comments = comment === '' ? [] : [...comments, comment]
      lines.at++
    } else if (line === '') {
      comments = []
      lines.at++
    } else {
      yield readStatement(lines, comments)
      comments = []
    }
  }
}

function readStatement(lines: Lines, comments: readonly string[]): Statement {
  const startLine = lines.at + 1
  try {
    const { text, hasBlank } = readLogicalLine(lines)
    const parts = splitStatement(text, lines.escape)
    const heredocs = marksOf(parts, text).map((mark) => readHeredoc(lines, mark))
    const range = { startLine, endLine: lines.at }
    return { ...parts, original: trimBlanks(text), heredocs, range, comments, hasBlankContinuation: hasBlank }
  } catch (error) {
    if (error instanceof StatementProblem) throw error
    throw new StatementProblem({ startLine, endLine: Math.max(startLine, lines.at) }, error)
  }
}

export function splitStatement(text: string, escape: Escape): Pick<Statement, 'keyword' | 'flags' | 'rest'> {
  const match = /^([^\t\v\f\r ]*)[\t\v\f\r ]*([^]*)$/.exec(trimBlanks(text)) as RegExpExecArray
  const { flags, rest } = takeFlags(match[2] as string, escape)
  return { keyword: match[1] as string, flags, rest: trimBlanks(rest) }
}

function readLogicalLine(lines: Lines): { text: string; hasBlank: boolean } {
  const parts: string[] = []
  let hasBlank = false
  let hasBlankPending = false
  for (let isFirst = true; lines.at < lines.all.length; isFirst = false) {
    const line = withoutEnd(lines.all[lines.at++] as string)
    const trimmed = trimLeading(line)
    if (!isFirst && trimmed.startsWith('#')) continue
    if (!isFirst && trimmed === '') {
      hasBlankPending = true
      continue
    }
    hasBlank ||= hasBlankPending
    const { text, continues } = continuation(isFirst ? trimmed : line, lines.escape)
    parts.push(text)
    if (!continues) break
  }
  return { text: parts.join(''), hasBlank: hasBlank || hasBlankPending }
}

/** An escape that ends a line joins it to the next one, unless another escape stands before it. */
function continuation(line: string, escape: Escape): { text: string; continues: boolean } {
  const end = line.replace(/[ \t]+$/, '')
  const continues = end.endsWith(escape) && !end.endsWith(escape + escape)
  return continues ? { text: end.slice(0, -1), continues } : { text: line, continues }
}

const holdsHeredocs = new Set(['add', 'copy', 'run'])

function marksOf({ keyword, rest }: Pick<Statement, 'keyword' | 'rest'>, text: string): HeredocMark[] {
  const inner = keyword.toLowerCase() === 'onbuild' ? splitStatement(rest, '\\') : { keyword, rest }
  if (!holdsHeredocs.has(inner.keyword.toLowerCase()) || !text.includes('<<')) return []
  return parseJsonForm(inner.rest) === undefined ? heredocMarks(text) : []
}

function readHeredoc(lines: Lines, mark: HeredocMark): RawHeredoc {
  const content: string[] = []
  while (lines.at < lines.all.length) {
    const line = lines.all[lines.at++] as string
    const bare = withoutEnd(line)
    if ((mark.isChomped ? bare.replace(/^\t+/, '') : bare) === mark.name) return { ...mark, content: content.join('') }
    content.push(line)
  }
  throw new SyntaxProblem(`the heredoc '${mark.name}' is never closed`, {
    near: '<<',
    hint: `Put ${mark.name} on a line of its own below its text.`,
  })
}

function withoutEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '')
}
