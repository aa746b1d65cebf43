// The JSON form of an instruction: `["program", "argument"]`.

import { trimLeading } from './characters.ts'
import { SyntaxProblem } from './source-error.ts'

/** Undefined for a text that is no JSON array, which makes it shell form. @throws SyntaxProblem for an array of other things */
export function parseJsonForm(text: string): string[] | undefined {
  if (!trimLeading(text).startsWith('[')) return undefined
  const list = parseOrUndefined(text)
  if (!Array.isArray(list)) return undefined
  const words = list.filter((word) => typeof word === 'string')
  if (words.length === list.length) return words
  throw new SyntaxProblem('a JSON array must hold strings only', { near: '[' })
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
