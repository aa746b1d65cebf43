// The functions that podman adds to Go's.

import type { FunctionTable } from './go-template-frame.ts'
import { goJson } from './go-value.ts'

export const podmanFunctions: FunctionTable = {
  json: { parameters: ['any'], call: (value) => goJson(value) },
  toPrettyJson: { parameters: ['any'], call: (value) => goJson(value, '  ') },
  join: { parameters: ['strings', 'string'], call: (list, separator) => (list as string[]).join(separator as string) },
  split: { parameters: ['string', 'string'], call: (text, separator) => split(text as string, separator as string) },
  lower: { parameters: ['string'], call: (text) => (text as string).toLowerCase() },
  upper: { parameters: ['string'], call: (text) => (text as string).toUpperCase() },
  title: { parameters: ['string'], call: (text) => title(text as string) },
  pad: { parameters: ['string', 'int', 'int'], call: (text, before, after) => pad(text as string, before, after) },
  truncate: { parameters: ['string', 'int'], call: (text, length) => truncate(text as string, length as number) },
}

function split(text: string, separator: string): string[] {
  return separator === '' ? Array.from(text) : text.split(separator)
}

/** The first letter of each word. */
function title(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
    (_whole, before: string, letter: string) => before + letter.toUpperCase(),
  )
}

/** Nothing is put around an empty text. */
function pad(text: string, before: unknown, after: unknown): string {
  return text === '' ? '' : ' '.repeat(before as number) + text + ' '.repeat(after as number)
}

/** In bytes, as Go slices. */
function truncate(text: string, length: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length < length) return text
  if (length < 0) throw new Error(`slice bounds out of range [:${length}]`)
  return bytes.subarray(0, length).toString()
}
