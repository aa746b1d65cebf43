// Splitting a text into words as a shell does, which knows quotes and backslashes, and nothing else of the shell's.

import { invalid } from './errors.ts'

/** A `#` where a word would begin ends the line. @throws invalid `quote-unclosed` */
export function shellWords(text: string): string[] {
  const words: string[] = []
  const pattern = /\s+|#[^\n]*|((?:'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|[^\s'"\\])+)/y
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const found = pattern.exec(text)
    if (found === null) throw invalid('quote-unclosed', `no end of what begins at: ${text.slice(at, at + 20)}`)
    if (found[1] !== undefined) words.push(unquoted(found[1]))
  }
  return words
}

function unquoted(word: string): string {
  return word.replaceAll(/'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]/g, (part) => {
    if (part.startsWith('\\')) return part.slice(1)
    const inner = part.slice(1, -1)
    return part.startsWith("'") ? inner : inner.replaceAll(/\\(["\\$`])/g, '$1')
  })
}
