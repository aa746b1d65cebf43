// YAML, for files that others write. Import this file lazily: few starts meet one.

import { type Document, parse, parseAllDocuments, type ScalarTag } from 'yaml'

const maxAliasCount = 100

/** @throws Error with what is wrong, and where */
export function parseYaml(text: string): unknown {
  return parse(text, { maxAliasCount })
}

/** YAML 1.1's `0644`, which Go's readers know beside 1.2's `0o644`: modes of files are written so. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
}

/** Each document of a stream, as Go's readers understand it; those without content are left out. @throws Error with what is wrong, and where */
export function parseYamlStream(text: string): unknown[] {
  const parsed = documentsOf(text)
  const plain = withoutQuoteEscapes(text, parsed)
  const documents = plain === text ? parsed : documentsOf(plain)
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error !== undefined) throw error
  return documents.map((document) => document.toJS({ maxAliasCount }) as unknown).filter((value) => value != null)
}

function documentsOf(text: string): readonly Document[] {
  const found = parseAllDocuments(text, { merge: true, customTags: (tags) => [octal, ...tags] })
  return Array.isArray(found) ? found : []
}

/** Go's readers take `\'` between double quotes, which YAML does not know, for the quote. */
function withoutQuoteEscapes(text: string, documents: readonly Document[]): string {
  const places = documents.flatMap(({ errors }) =>
    errors.flatMap(({ code, pos }) => (code === 'BAD_DQ_ESCAPE' && text.startsWith("\\'", pos[0]) ? [pos[0]] : [])),
  )
  return places.sort((a, b) => b - a).reduce((rest, place) => rest.slice(0, place) + rest.slice(place + 1), text)
}
