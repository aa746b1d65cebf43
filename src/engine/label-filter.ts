// `label=KEY[=VALUE]`, as filters of containers and networks have it. The key may hold `*`, as podman's.

export interface WantedLabel {
  readonly key: string
  readonly value: string | undefined
}

export function parseLabelFilter(text: string): WantedLabel {
  const at = text.indexOf('=')
  return at === -1 ? { key: text, value: undefined } : { key: text.slice(0, at), value: text.slice(at + 1) }
}

export function hasLabel(labels: Readonly<Record<string, string>>, { key, value }: WantedLabel): boolean {
  if (!key.includes('*')) return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value)
  const escaped = key.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^${escaped.join('.*')}$`)
  return Object.entries(labels).some(([name, text]) => pattern.test(name) && (value === undefined || text === value))
}
