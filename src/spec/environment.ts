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

/**
 * `entries` with `$NAME`, `${NAME}`, `${NAME:-else}` and `${NAME:+instead}` of `known` in their values; a backslash takes the next
 * sign as it is.
 */
export function expandEntries(entries: readonly string[], known: readonly string[]): string[] {
  const values = new Map(known.map((entry) => [variableName(entry), entry.slice(variableName(entry).length + 1)]))
  return entries.map((entry) => {
    const name = variableName(entry)
    return `${name}=${expand(entry.slice(name.length + 1), values)}`
  })
}

function expand(text: string, values: ReadonlyMap<string, string>): string {
  const form = /\\(?<plain>.)|\$(?:(?<short>\w+)|\{(?<long>\w+)(?::(?<operator>[-+])(?<word>[^}]*))?\})/g
  return text.replace(form, (...found) => {
    const { plain, short, long, operator, word = '' } = found.at(-1) as Record<string, string | undefined>
    if (plain !== undefined) return plain
    const value = values.get(short ?? long ?? '') ?? ''
    if (operator === '+') return value === '' ? '' : word
    return operator === '-' && value === '' ? word : value
  })
}
