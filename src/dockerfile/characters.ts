// Which characters are blanks and names in a Dockerfile: Go's unicode.IsSpace, IsLetter and IsDigit, not JavaScript's \s and \w.

const space = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
const leadingSpace = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/
const letterOrDigit = /^[\p{L}\p{Nd}_]/u

export function isSpace(char: string): boolean {
  return space.test(char)
}

export function trimLeading(text: string): string {
  return text.replace(leadingSpace, '')
}

export function trimBlanks(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text[end - 1] as string)) end--
  return trimLeading(text.slice(0, end))
}

/** Empty parts where blanks stand at an end or together. */
export function splitAtSpaces(text: string): string[] {
  return text.split(/[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/)
}

export function isNameChar(char: string): boolean {
  return letterOrDigit.test(char)
}

/** `$@`, `$?` and so on: never set in a Dockerfile, but read as one character. */
export function isSpecialParameter(char: string): boolean {
  return '@*#?-$!0'.includes(char)
}
