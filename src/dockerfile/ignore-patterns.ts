// .dockerignore and .containerignore, and the patterns of `--exclude`, as moby's patternmatcher reads them: the last pattern that matches a path
// or a folder above it decides; `!` takes back.

import { normalize } from 'node:path/posix'
import { invalid } from '../base/errors.ts'
import { compileGlob } from './path-glob.ts'

export interface IgnorePatterns {
  /** As given, cleaned. */
  readonly patterns: readonly string[]
  /** @param path below the context's root, without a slash before it */
  readonly isIgnored: (path: string) => boolean
  /** Whether a folder that is ignored must be entered all the same: a `!` pattern may name something in it. */
  readonly mayHoldKept: (folder: string) => boolean
}

/** The patterns of a file: no comments, no blank lines, no byte order mark; no slash before or after them. */
export function parseIgnoreFile(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line) => (line.startsWith('#') ? [] : clean(line)))
}

function clean(line: string): string[] {
  const text = line.trim()
  if (text === '') return []
  if (!text.startsWith('!')) return [cleanPath(text)]
  const kept = text.slice(1).trim()
  return [kept === '' ? '!' : `!${cleanPath(kept)}`]
}

function cleanPath(path: string): string {
  const normal = normalize(path).replace(/(?<=.)\/$/, '')
  return normal.length > 1 && normal.startsWith('/') ? normal.slice(1) : normal
}

interface Pattern {
  readonly text: string
  readonly keeps: boolean
  /** The path, or a folder above it. */
  readonly matches: (path: string) => boolean
}

/** @throws invalid `pattern-malformed` */
export function compileIgnorePatterns(patterns: readonly string[]): IgnorePatterns {
  const cleaned = patterns.flatMap(clean)
  const compiled = cleaned.map(compile)
  const kept = compiled.filter(({ keeps }) => keeps).map(({ text }) => fixedFolders(text))
  return {
    patterns: cleaned,
    isIgnored: (path) => isIgnored(compiled, path),
    mayHoldKept: (folder) => kept.some((fixed) => isWithin(fixed, folder) || isWithin(folder, fixed)),
  }
}

function isIgnored(patterns: readonly Pattern[], path: string): boolean {
  let ignored = false
  for (const { keeps, matches } of patterns) {
    // Only a pattern that would change the answer is asked.
    if (keeps === ignored && matches(path)) ignored = !keeps
  }
  return ignored
}

function compile(pattern: string): Pattern {
  const keeps = pattern.startsWith('!')
  const text = keeps ? pattern.slice(1) : pattern
  if (text === '') throw invalid('pattern-malformed', "the pattern '!' names nothing to keep")
  return { text, keeps, matches: matcher(text) }
}

/** Plain names and `**` with a plain name are most patterns: they need no machine. */
function matcher(text: string): (path: string) => boolean {
  const rest = text.startsWith('**/') ? text.slice(3) : text
  if (/[*?[\\]/.test(rest) || rest === '') return compileGlob(text)
  if (rest === text) return (path) => isWithin(path, text)
  return (path) => isWithin(path, rest) || path.endsWith(`/${rest}`) || path.includes(`/${rest}/`)
}

/** The leading folders of a pattern that hold no wildcard. */
function fixedFolders(text: string): string {
  const parts = text.split('/')
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part))
  return parts.slice(0, wild < 0 ? undefined : wild).join('/')
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}
