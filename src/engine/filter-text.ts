// Filters as they are typed, `name=value`.

import { invalid } from '../base/errors.ts'

/** @throws invalid `filter-invalid` */
export function splitFilter(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw invalid('filter-invalid', `invalid filter ${JSON.stringify(text)}: must be in the format "filter=value"`)
}

/** The values of each name. `nameOf`: what a typed name stands for. @throws invalid `filter-invalid` */
export function groupFilters(
  texts: readonly string[],
  nameOf: (typed: string) => string = (typed) => typed,
): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const text of texts) {
    const [typed, value] = splitFilter(text)
    const name = nameOf(typed)
    groups.set(name, [...(groups.get(name) ?? []), value])
  }
  return groups
}

/** What is no regular expression matches nothing: Go's MatchString error counts as "no match" in podman. */
export function compileExpression(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    return /$^/
  }
}
