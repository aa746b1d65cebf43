// What templates work on, in Go's eyes. Plain values stand for Go's: strings, booleans, numbers, arrays for slices, null for nil, undefined
// for "no value", functions for methods. An object is a struct, unless it has no prototype: then it is a map.

export type GoFunction = (...args: readonly unknown[]) => unknown

const typeMark = Symbol('go type')
const textMark = Symbol('go text')

/** A map: `{{.Labels.x}}` of a missing key is no error. Keys are sorted, as Go prints and marshals them. */
export function goMap<T>(members: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  const map = Object.create(null) as Record<string, T>
  for (const key of Object.keys(members).sort()) map[key] = members[key] as T
  return map
}

/** A nil map: prints as an empty one, and is null in JSON. */
export function goNilMap(): Readonly<Record<string, never>> {
  return Object.defineProperty(Object.create(null) as Record<string, never>, 'toJSON', { value: () => null })
}

/** A nil slice: prints as an empty one, and is null in JSON. */
export function goNilSlice(): readonly never[] {
  return Object.defineProperty([] as never[], 'toJSON', { value: () => null })
}

/** A struct that messages call by its Go type: `can't evaluate field X in type *define.InspectContainerData`. */
export function goStruct<T extends object>(type: string, members: T): T {
  return Object.defineProperty(members, typeMark, { value: type })
}

/** A value that prints as `text`, and marshals as its own toJSON says: a time, a duration. */
export function goPrinted<T extends object>(text: string, members: T): T {
  return Object.defineProperty(members, textMark, { value: text })
}

export interface GoTime {
  readonly Unix: () => number
  readonly UnixNano: () => number
  readonly toJSON: () => string
  readonly toString: () => string
}

/** Go's time.Time of an RFC 3339 text, or its zero where there is none: prints `2024-05-01 10:00:00.5 +0000 UTC`. */
export function goTime(time: string | undefined): GoTime {
  const rfc3339 = time ?? '0001-01-01T00:00:00Z'
  const ms = Date.parse(rfc3339)
  const fraction = /\.(\d+)/.exec(rfc3339)?.[1] ?? ''
  const text = timeText(new Date(ms), fraction)
  return goPrinted(text, {
    Unix: () => Math.floor(ms / 1000),
    UnixNano: () => Math.floor(ms / 1000) * 1e9 + Number(fraction.padEnd(9, '0')),
    toJSON: () => rfc3339.replace(/(\.\d*?)0+(?=Z|[+-])/, '$1').replace(/\.(?=Z|[+-])/, ''),
    toString: () => text,
  })
}

/** In local time, as podman shows times; Go's zero is always in UTC. */
function timeText(date: Date, fraction: string): string {
  const minutes = date.getFullYear() <= 1 ? 0 : -date.getTimezoneOffset()
  const local = new Date(date.getTime() + minutes * 60_000).toISOString()
  const digits = fraction.replace(/0+$/, '')
  const two = (number: number) => String(number).padStart(2, '0')
  const size = Math.abs(minutes)
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
  const seconds = `${local.slice(0, 10)} ${local.slice(11, 19)}${digits === '' ? '' : `.${digits}`}`
  return `${seconds} ${zone} ${minutes === 0 ? 'UTC' : zone}`
}

export function isGoMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
}

export function isGoStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isGoMap(value)
}

/** What `{{if}}` makes of it: zero, empty and nil are false. */
export function isTruth(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (isGoMap(value)) return Object.keys(value).length > 0
  return Boolean(value)
}

/** `%T`, as well as it can be known. */
export function goType(value: unknown): string {
  if (value === undefined || value === null) return '<nil>'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64'
  if (Array.isArray(value)) return `[]${elementType(value)}`
  if (isGoMap(value)) return `map[string]${elementType(Object.values(value))}`
  if (typeof value === 'object' && typeMark in value) return String(value[typeMark])
  return typeof value === 'function' ? 'func()' : 'struct'
}

/** What indexing a map with a missing key gives. */
export function zeroElement(map: Readonly<Record<string, unknown>>): unknown {
  const zeros: Readonly<Record<string, unknown>> = { string: '', int: 0, float64: 0, bool: false }
  return zeros[elementType(Object.values(map))]
}

/** `%v`: `[a b]`, `map[a:b]`, `{1 x}`, `<nil>`. */
export function goText(value: unknown): string {
  if (value === undefined || value === null) return '<nil>'
  if (typeof value === 'number') return numberText(value)
  if (Array.isArray(value)) return `[${value.map((element) => goText(element)).join(' ')}]`
  if (isGoMap(value)) return `map[${entryTexts(value).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  if (textMark in value) return String(value[textMark])
  return `{${Object.values(value).map(goText).join(' ')}}`
}

/** `%+v`: structs with their fields' names. */
export function goTextNamed(value: unknown): string {
  if (!isGoStruct(value) || textMark in value) return goText(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}:${goTextNamed(member)}`)
    .join(' ')}}`
}

/** One line, as Go marshals without escaping HTML. */
export function goJson(value: unknown, indent?: string): string {
  const text = JSON.stringify(value, undefined, indent) ?? 'null'
  return text.replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
}

/** Go switches to an exponent below 1e-4 and from 1e21 on, and writes it with two digits. */
export function numberText(value: number): string {
  const isSmall = value !== 0 && Math.abs(value) < 1e-4
  return (isSmall ? value.toExponential() : String(value)).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** A Go string literal. */
export function goQuote(text: string): string {
  return JSON.stringify(text)
    .replace(/\\u00([0-9a-f]{2})/g, '\\x$1')
    .replaceAll('\u007f', '\\x7f')
}

function entryTexts(map: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}:${goText(map[key])}`)
}

function elementType(elements: readonly unknown[]): string {
  const types = new Set(elements.map((element) => goType(element)))
  if (types.size === 0) return 'string'
  return types.size === 1 ? ([...types][0] as string) : 'interface {}'
}
