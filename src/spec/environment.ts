// Environments as lists of `KEY=value`, where later ones win and keep the place of the first.

/** Later lists win. */
export function mergeEnvironment(...lists: readonly (readonly string[])[]): string[] {
  const merged = new Map(lists.flat().map((entry) => [variableName(entry), entry]))
  return [...merged.values()]
}

/** `entries`, with those of `defaults` that they lack. */
export function withDefaults(entries: readonly string[], defaults: readonly string[]): string[] {
  return mergeEnvironment(defaults, entries)
}

export function hasVariable(entries: readonly string[], name: string): boolean {
  return entries.some((entry) => variableName(entry) === name)
}

export function variableName(entry: string): string {
  const equals = entry.indexOf('=')
  return equals === -1 ? entry : entry.slice(0, equals)
}
