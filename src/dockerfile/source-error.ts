// Errors that point into a Dockerfile: file, line, column, and the line itself with a mark under the place.

import { EngineError, errorMessage } from '../base/errors.ts'
import type { SourceRange } from './instruction.ts'

/** What an error shows of a file. */
export interface Source {
  readonly path: string
  readonly lines: readonly string[]
}

/** Something wrong with one word; the reader of the file knows where it stands. */
export class SyntaxProblem extends Error {
  readonly near: string | undefined
  readonly hint: string | undefined

  constructor(message: string, { near, hint }: { near?: string; hint?: string } = {}) {
    super(message)
    this.name = 'SyntaxProblem'
    this.near = near
    this.hint = hint
  }
}

/**
 * Whatever was thrown while an instruction was read, expanded or run, as an error with its place. An EngineError keeps kind, code
 * and hint; one that has a place already stays as it is.
 */
export function errorAt(source: Source, range: SourceRange, error: unknown): EngineError {
  if (isPlaced(error)) return error
  const near = error instanceof SyntaxProblem ? error.near : undefined
  const facts =
    error instanceof EngineError
      ? error
      : { kind: 'invalid' as const, code: 'dockerfile-malformed', hint: hintOf(error) }
  const placed = new EngineError({
    kind: facts.kind,
    code: facts.code,
    message: placedMessage(source, { range, near }, errorMessage(error)),
    ...(facts.hint === undefined ? {} : { hint: facts.hint }),
    cause: error,
  })
  placedErrors.add(placed)
  return placed
}

const placedErrors = new WeakSet<Error>()

function isPlaced(error: unknown): error is EngineError {
  return error instanceof EngineError && placedErrors.has(error)
}

function hintOf(error: unknown): string | undefined {
  return error instanceof SyntaxProblem ? error.hint : undefined
}

interface Place {
  readonly range: SourceRange
  readonly near: string | undefined
}

function placedMessage(source: Source, place: Place, message: string): string {
  const { line, column } = locate(source, place)
  const text = source.lines[line - 1] ?? ''
  const gutter = `  ${line} | `
  // Tabs stay tabs under tabs, so that the mark stands below the word in any terminal.
  const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')
  const mark = `${' '.repeat(gutter.length - 2)}| ${indent}^`
  return `${source.path}:${line}:${column}: ${message}\n${gutter}${text.slice(0, maxShown)}\n${mark}`
}

/** Longer lines are cut in messages. */
const maxShown = 200

/** Where `near` first stands in the range; else where the range's text begins. Columns count from 1. */
function locate(source: Source, { range, near }: Place): { line: number; column: number } {
  if (near !== undefined && near !== '') {
    for (let line = range.startLine; line <= range.endLine; line++) {
      const at = (source.lines[line - 1] ?? '').indexOf(near)
      if (at >= 0 && at < maxShown) return { line, column: at + 1 }
    }
  }
  const text = source.lines[range.startLine - 1] ?? ''
  const indent = text.length - text.trimStart().length
  return { line: range.startLine, column: Math.min(indent, maxShown) + 1 }
}
