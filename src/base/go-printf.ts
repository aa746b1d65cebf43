// Go's Printf: `%-10s`, `%05d`, `%q`, `%+v`, and its complaints inside the text (`%!d(string=x)`).

import { goQuote, goText, goTextNamed, goType, numberText } from './go-value.ts'

export function format(text: string, words: readonly unknown[]): string {
  let used = 0
  const take = () => words[used++]
  const out = text.replace(/%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?([a-zA-Z%]|$)/g, (_whole, ...groups: string[]) => {
    const [flags = '', width, precision, verb = ''] = groups
    if (verb === '') return '%!(NOVERB)'
    const size = (number: string | undefined) => (number === '*' ? Number(take()) : Number(number || 0))
    const layout: Layout = {
      flags,
      width: width === undefined ? 0 : size(width),
      precision: precision === undefined ? undefined : size(precision),
    }
    if (verb === '%') return '%'
    if (used >= words.length) return `%!${verb}(MISSING)`
    return padded(rendered(verb, take(), layout), { verb, layout })
  })
  if (used >= words.length) return out
  const extra = words.slice(used).map((word) => `${goType(word)}=${goText(word)}`)
  return `${out}%!(EXTRA ${extra.join(', ')})`
}

interface Layout {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
}

function padded(text: string, { verb, layout }: { readonly verb: string; readonly layout: Layout }): string {
  const { flags, width } = layout
  const missing = Math.abs(width) - Array.from(text).length
  if (missing <= 0) return text
  if (flags.includes('-') || width < 0) return text + ' '.repeat(missing)
  if (!flags.includes('0') || !/[bdoxXeEfFgGsqvt]/.test(verb)) return ' '.repeat(missing) + text
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  return sign + '0'.repeat(missing) + text.slice(sign.length)
}

function rendered(verb: string, word: unknown, layout: Layout): string {
  if (verb === 'T') return goType(word)
  if (verb === 'v') return general(word, layout)
  if (word === undefined || word === null) return `%!${verb}(<nil>)`
  if (Array.isArray(word) && verb !== 'p') {
    return `[${word.map((element) => rendered(verb, element, layout)).join(' ')}]`
  }
  const text = ofKind(verb, word, layout)
  return text ?? `%!${verb}(${goType(word)}=${goText(word)})`
}

function general(word: unknown, { flags, precision }: Layout): string {
  if (flags.includes('#') && typeof word === 'string') return goQuote(word)
  if (typeof word === 'string') return cut(word, precision)
  const text = flags.includes('+') ? goTextNamed(word) : goText(word)
  return flags.includes('+') && typeof word === 'number' && word >= 0 ? `+${text}` : text
}

function ofKind(verb: string, word: unknown, layout: Layout): string | undefined {
  if (typeof word === 'boolean') return verb === 't' ? String(word) : undefined
  if (typeof word === 'string') return ofString(verb, word, layout)
  if (typeof word === 'number') return ofNumber(verb, word, layout)
  return verb === 's' ? goText(word) : verb === 'q' ? goQuote(goText(word)) : undefined
}

function ofString(verb: string, word: string, { flags, precision }: Layout): string | undefined {
  const text = cut(word, precision)
  switch (verb) {
    case 's':
      return text
    case 'q':
      return flags.includes('#') && !text.includes('`') ? `\`${text}\`` : goQuote(text)
    case 'x':
    case 'X': {
      const hex = Buffer.from(text).toString('hex')
      return verb === 'x' ? hex : hex.toUpperCase()
    }
    default:
      return undefined
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('')
}

const bases: Readonly<Record<string, readonly [number, string]>> = {
  b: [2, '0b'],
  o: [8, '0'],
  d: [10, ''],
  x: [16, '0x'],
  X: [16, '0X'],
}

function ofNumber(verb: string, word: number, layout: Layout): string | undefined {
  const base = bases[verb]
  if (base !== undefined) return Number.isInteger(word) ? integer(word, base, { verb, layout }) : undefined
  if (verb === 'c' || verb === 'q' || verb === 'U') return character(verb, word)
  const text = float(verb, Math.abs(word), layout.precision)
  return text === undefined ? undefined : signOf(word, layout.flags) + text
}

function integer(
  word: number,
  [base, prefix]: readonly [number, string],
  { verb, layout }: { readonly verb: string; readonly layout: Layout },
): string {
  const digits = Math.abs(word)
    .toString(base)
    .padStart(layout.precision ?? 1, '0')
  const cased = verb === 'X' ? digits.toUpperCase() : digits
  return signOf(word, layout.flags) + (layout.flags.includes('#') ? prefix : '') + cased
}

function character(verb: string, word: number): string | undefined {
  if (!Number.isInteger(word)) return undefined
  const char = String.fromCodePoint(word)
  if (verb === 'U') return `U+${word.toString(16).toUpperCase().padStart(4, '0')}`
  return verb === 'c' ? char : `'${char}'`
}

/** Integers do not get here in Go; templates of ours have no other way to write 1.0. */
function float(verb: string, size: number, precision: number | undefined): string | undefined {
  const twoDigits = (text: string) => text.replace(/e([+-])(\d)$/, 'e$10$2')
  switch (verb) {
    case 'f':
    case 'F':
      return size.toFixed(precision ?? 6)
    case 'e':
    case 'E': {
      const text = twoDigits(size.toExponential(precision ?? 6))
      return verb === 'e' ? text : text.toUpperCase()
    }
    case 'g':
    case 'G':
      return precision === undefined ? numberText(size) : String(Number(size.toPrecision(Math.max(1, precision))))
    default:
      return undefined
  }
}

function signOf(word: number, flags: string): string {
  if (word < 0) return '-'
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}
