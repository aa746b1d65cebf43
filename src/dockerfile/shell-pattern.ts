// Shell patterns of `${name#pattern}` and its kin: `*`, `?` and `\` before one of them, `}` or `/`. No brackets, as in BuildKit. Neither wildcard
// matches a line's end. Matched by stepping through sets of positions: a hostile pattern takes its length times the text's, never more.

import { invalid } from '../base/errors.ts'

type PatternToken = 'many' | 'one' | { readonly char: string }

/** @throws invalid `pattern-malformed` */
function parsePattern(pattern: string): PatternToken[] {
  const chars = Array.from(pattern)
  const tokens: PatternToken[] = []
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string
    if (char === '*') tokens.push('many')
    else if (char === '?') tokens.push('one')
    else if (char === '\\') tokens.push({ char: escaped(chars[++at], pattern) })
    else tokens.push({ char })
  }
  return tokens
}

function escaped(char: string | undefined, pattern: string): string {
  if (char !== undefined && '*?\\}/'.includes(char)) return char
  throw invalid('pattern-malformed', `invalid pattern '${pattern}': '\\${char ?? ''}' is no escape`)
}

/** Where a match that starts at `from` ends: the nearest such place, or the farthest. */
function matchEnd(
  tokens: readonly PatternToken[],
  text: readonly string[],
  { from, longest }: { from: number; longest: boolean },
): number | undefined {
  let states = closure(new Set([0]), tokens)
  let end: number | undefined
  for (let at = from; ; at++) {
    if (states.has(tokens.length)) {
      end = at
      if (!longest) return end
    }
    if (at >= text.length || states.size === 0) return end
    states = closure(step(states, tokens, text[at] as string), tokens)
  }
}

function step(states: ReadonlySet<number>, tokens: readonly PatternToken[], char: string): Set<number> {
  const next = new Set<number>()
  for (const state of states) {
    const token = tokens[state]
    if (token === undefined) continue
    if (token === 'many') {
      if (char !== '\n') next.add(state)
    } else if (token === 'one' ? char !== '\n' : token.char === char) next.add(state + 1)
  }
  return next
}

/** A `*` may match nothing. */
function closure(states: Set<number>, tokens: readonly PatternToken[]): Set<number> {
  for (const state of states) if (tokens[state] === 'many') states.add(state + 1)
  return states
}

/** The text without the shortest or longest match at its start. */
export function trimStart(text: string, pattern: string, longest: boolean): string {
  return trim({ text: Array.from(text), tokens: parsePattern(pattern), longest }).join('')
}

/** The text without the shortest or longest match at its end. */
export function trimEnd(text: string, pattern: string, longest: boolean): string {
  const reversed = { text: Array.from(text).reverse(), tokens: parsePattern(pattern).reverse(), longest }
  return trim(reversed).reverse().join('')
}

function trim({
  text,
  tokens,
  longest,
}: {
  text: readonly string[]
  tokens: readonly PatternToken[]
  longest: boolean
}): string[] {
  return text.slice(matchEnd(tokens, text, { from: 0, longest }) ?? 0)
}

/** The text with the first longest match, or all, replaced. */
export function replaceMatches(
  value: string,
  { pattern, replacement, all }: { pattern: string; replacement: string; all: boolean },
): string {
  const tokens = parsePattern(pattern)
  const text = Array.from(value)
  const result: string[] = []
  let lastEnd = -1
  for (let at = 0; at <= text.length; ) {
    const end = matchEnd(tokens, text, { from: at, longest: true })
    const isMatch = end !== undefined && !(end === at && at === lastEnd)
    if (isMatch) result.push(replacement)
    if (isMatch && !all) return [...result, ...text.slice(end)].join('')
    if (isMatch && end > at) {
      at = lastEnd = end
      continue
    }
    if (at < text.length) result.push(text[at] as string)
    at++
  }
  return result.join('')
}
