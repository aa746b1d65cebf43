// One pattern of an ignore file, or a name in one of COPY's, as a machine that reads a path once: it says whether the path, or a folder above it,
// matches. Time is the pattern's length times the path's, whatever the pattern.

import { invalid } from '../base/errors.ts'

/** What one step of a pattern takes. `folders` is `**` and a slash: nothing, or whole folders; it is followed by its own `inFolders`. */
type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one' | 'star' | 'anything' | 'folders' | 'inFolders' }
  | { readonly kind: 'set'; readonly ranges: readonly (readonly [string, string])[]; readonly isNegated: boolean }

/** @throws invalid `pattern-malformed` for an open bracket or a last backslash */
export function compileGlob(pattern: string): (path: string) => boolean {
  const tokens = parse(pattern)
  return (path) => matches(tokens, path)
}

function parse(pattern: string): Token[] {
  const chars = Array.from(pattern)
  const tokens: Token[] = []
  for (let at = 0; at < chars.length; ) {
    const { found, next } = parseAt(chars, at, pattern)
    tokens.push(...found)
    at = next
  }
  return tokens
}

interface Parsed {
  readonly found: readonly Token[]
  readonly next: number
}

function parseAt(chars: readonly string[], at: number, pattern: string): Parsed {
  const char = chars[at] as string
  switch (char) {
    case '*':
      return chars[at + 1] === '*' ? parseStars(chars, at) : { found: [{ kind: 'star' }], next: at + 1 }
    case '?':
      return { found: [{ kind: 'one' }], next: at + 1 }
    case '[':
      return parseSet(chars, at + 1, pattern)
    case '\\':
      if (at + 1 === chars.length) throw malformed(pattern)
      return { found: [{ kind: 'char', char: chars[at + 1] as string }], next: at + 2 }
    default:
      return { found: [{ kind: 'char', char }], next: at + 1 }
  }
}

/** `**` at the end is anything; before more it is folders, with or without the slash after it. */
function parseStars(chars: readonly string[], at: number): Parsed {
  const next = chars[at + 2] === '/' ? at + 3 : at + 2
  if (next >= chars.length) return { found: [{ kind: 'anything' }], next }
  // moby compares the end of the path only where a pattern is `**` and plain text.
  const isPlainEnd = at === 0 && next === 2 && !chars.slice(next).some((char) => '*?[\\'.includes(char))
  if (isPlainEnd) return { found: [{ kind: 'anything' }], next }
  return { found: [{ kind: 'folders' }, { kind: 'inFolders' }], next }
}

function parseSet(chars: readonly string[], start: number, pattern: string): Parsed {
  const ranges: (readonly [string, string])[] = []
  const isNegated = chars[start] === '^'
  let at = isNegated ? start + 1 : start
  while (chars[at] !== ']' || ranges.length === 0) {
    const low = setChar(chars, at, pattern)
    at = low.next
    const high = chars[at] === '-' ? setChar(chars, at + 1, pattern) : low
    at = high.next
    ranges.push([low.char, high.char])
  }
  return { found: [{ kind: 'set', ranges, isNegated }], next: at + 1 }
}

function setChar(chars: readonly string[], at: number, pattern: string): { char: string; next: number } {
  const char = chars[at]
  const isEscape = char === '\\'
  const found = isEscape ? chars[at + 1] : char
  if (found === undefined || (!isEscape && (char === '-' || char === ']'))) throw malformed(pattern)
  return { char: found, next: isEscape ? at + 2 : at + 1 }
}

function matches(tokens: readonly Token[], path: string): boolean {
  let states = closure([0], tokens)
  for (const char of path) {
    // A folder above the path has been read.
    if (char === '/' && states.has(tokens.length)) return true
    states = closure(
      Array.from(states).flatMap((state) => step(tokens[state], state, char)),
      tokens,
    )
    if (states.size === 0) return false
  }
  return states.has(tokens.length)
}

/** The states after one character. */
function step(token: Token | undefined, state: number, char: string): number[] {
  switch (token?.kind) {
    case 'star':
      return char === '/' ? [] : [state]
    case 'anything':
      return [state]
    case 'inFolders':
      return char === '/' ? [state, state + 1] : [state]
    default:
      return takes(token, char) ? [state + 1] : []
  }
}

function takes(token: Token | undefined, char: string): boolean {
  if (token?.kind === 'char') return token.char === char
  if (token?.kind === 'set') return token.ranges.some(([low, high]) => low <= char && char <= high) !== token.isNegated
  return token?.kind === 'one' && char !== '/'
}

/** With the states that are reached without reading anything. */
function closure(start: readonly number[], tokens: readonly Token[]): Set<number> {
  const states = new Set(start)
  for (const state of states) {
    const kind = tokens[state]?.kind
    if (kind === 'star' || kind === 'anything') states.add(state + 1)
    if (kind === 'folders') states.add(state + 1).add(state + 2)
  }
  return states
}

function malformed(pattern: string): Error {
  return invalid(
    'pattern-malformed',
    `malformed pattern '${pattern}'`,
    'Brackets must close, and a backslash needs a character after it.',
  )
}
