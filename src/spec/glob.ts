// Go's path.Match: `*` and `?` stop at a slash.

export function matchesGlob(glob: string, text: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  try {
    return new RegExp(`^${pattern}$`).test(text)
  } catch {
    return false
  }
}
