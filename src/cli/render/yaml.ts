// Plain data as YAML in the look of Go's sigs.k8s.io/yaml: keys sorted, lists not indented, texts quoted where they must be.

/** Ends with a line end. */
export function printYaml(value: unknown): string {
  return `${blockOf(value, 0).replace(/^\n/, '').replace(/^ /, '')}\n`
}

/** What stands behind `key:`, its blank or line end included. */
function blockOf(value: unknown, depth: number): string {
  const indent = '  '.repeat(depth)
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []'
    return value.map((item) => `\n${indent}-${itemOf(item, depth)}`).join('')
  }
  if (typeof value !== 'object' || value === null) return ` ${scalar(value, `${indent}`)}`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0) return ' {}'
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted
    .map(
      ([key, member]) => `\n${indent}${scalar(key, '')}:${blockOf(member, Array.isArray(member) ? depth : depth + 1)}`,
    )
    .join('')
}

/** A map in a list begins on the dash's line. */
function itemOf(item: unknown, depth: number): string {
  return blockOf(item, depth + 1).replace(/^\n\s*/, ' ')
}

/** Texts that YAML would read as something else. */
const looksTyped =
  /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?(?:\d[\d_]*)?\.?\d+(?:e[-+]?\d+)?|[-+]?\d+\.|0[xob][\da-f_]+|[-+]?\.(?:inf|nan)|\d{4}-\d\d?-\d\d?.*|=|<<)$/i
const needsQuotes = /^[\s!&*?|>%@`"'#,[\]{}-]|[\s:]$|: | #|[\x00-\x1f\x7f-\x9f\ufeff]/

function scalar(value: unknown, indent: string): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null'
  if (/[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(value) && !isText(value))
    return JSON.stringify(value)
  if (value.includes('\n')) return literal(value, indent)
  if (value === '' || looksTyped.test(value)) return JSON.stringify(value)
  if (!needsQuotes.test(value) || /^-[^\s-]/.test(value)) return value
  return /[\\\t]/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`
}

/** Surrogate pairs are letters, too. */
function isText(value: string): boolean {
  return !/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(value)
}

/** `|-` keeps lines as they are. */
function literal(value: string, indent: string): string {
  const chomp = value.endsWith('\n') ? '' : '-'
  const lines = value.replace(/\n$/, '').split('\n')
  return `|${chomp}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`
}
