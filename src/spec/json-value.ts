// Values of a document that somebody else wrote. @throws Error, with the value's name, from each.

type Members = Readonly<Record<string, unknown>>

export function objectIn(value: unknown, name: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw new Error(`${name} is no object`)
}

/** None where it is absent. */
export function listIn(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new Error(`${name} is no list`)
}

export function textIn(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new Error(`${name} is no text`)
}

export function textsIn(value: unknown, name: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw new Error(`${name} is no list of texts`)
}

/** Not negative. */
export function numberIn(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw new Error(`${name} is no number`)
}
