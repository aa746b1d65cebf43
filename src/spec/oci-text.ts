// OCI documents as text. RLIM_INFINITY, 2^64-1, is no JavaScript number: in memory it is Infinity.

const infinityText = '18446744073709551615'
const marker = '"\\u0000unlimited"'

export function printOci(document: unknown): string {
  const text = JSON.stringify(document, (_, value: unknown) =>
    value === Number.POSITIVE_INFINITY ? '\0unlimited' : value,
  )
  return text.replaceAll(marker, infinityText)
}

export function parseOci(text: string): unknown {
  // To look at each value takes ten times as long as to parse them all.
  if (!text.includes(infinityText)) return JSON.parse(text)
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'number' && value >= 2 ** 64 ? Number.POSITIVE_INFINITY : value,
  )
}
