// Shell patterns against references, in every spelling that a user may mean: with and without domain, path and tag.

import { parseReference, printReference, repositoryOf, withoutTag } from '../../image/reference.ts'

/** `*` does not cross a slash, as path.Match; a pattern without tag matches every tag. */
export function isMatchingReference(name: string, pattern: string): boolean {
  const expression = toExpression(pattern)
  return spellings(name).some((spelling) => expression.test(spelling))
}

function spellings(name: string): string[] {
  const reference = parseReference(name)
  const repository = repositoryOf(reference)
  const suffix = printReference(reference).slice(repository.length)
  const parts = [repository, reference.path, reference.path.slice(reference.path.lastIndexOf('/') + 1)]
  const withTag = parts.map((part) => `${part}${suffix}`)
  const { digest } = reference
  const digestOnly =
    digest === undefined
      ? []
      : parts.map((part) => `${part}${printReference(withoutTag(reference)).slice(repository.length)}`)
  return [...parts, ...withTag, ...digestOnly]
}

function toExpression(pattern: string): RegExp {
  const source = pattern.replace(/\[[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.length > 1) return part.replace(/^\[!/, '[^').replace(/\\/g, '\\\\')
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source}$`)
}
