// One object of a manifest, field by field. What nobody has asked for is not honoured: so the readers are the list of what is.

import { EngineError } from '../../base/errors.ts'

type Members = Readonly<Record<string, unknown>>

export class Fields {
  readonly path: string
  readonly #members: Members
  /** By the name of each field that was asked for: what lies below it. */
  readonly #asked = new Map<string, readonly Fields[]>()

  /** @throws invalid `manifest-invalid` for what is no object */
  constructor(value: unknown, path: string) {
    this.path = path
    if (!isObject(value)) throw mistyped(path, 'an object', value)
    this.#members = value
  }

  /** Of the field `name`, for messages. */
  pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`
  }

  has(name: string): boolean {
    return this.#members[name] != null
  }

  text(name: string): string | undefined {
    return this.#scalar(name, 'string') as string | undefined
  }

  /** @throws invalid `manifest-invalid` where it is missing or empty */
  neededText(name: string): string {
    const text = this.text(name)
    if (text !== undefined && text !== '') return text
    throw invalidManifest(`${this.pathOf(name)}: is needed`)
  }

  /** One of these words. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.text(name)
    const word = words.find((one) => one === text)
    if (text === undefined || text === '' || word !== undefined) return word
    throw invalidManifest(`${this.pathOf(name)}: ${JSON.stringify(text)} is none of ${words.join(', ')}`)
  }

  /** Read where it is; anything else stays unread. */
  is(name: string, word: string): boolean {
    return this.#members[name] === word && this.text(name) === word
  }

  boolean(name: string): boolean | undefined {
    return this.#scalar(name, 'boolean') as boolean | undefined
  }

  /** A whole one. */
  number(name: string): number | undefined {
    const number = this.#scalar(name, 'number') as number | undefined
    if (number === undefined || Number.isSafeInteger(number)) return number
    throw mistyped(this.pathOf(name), 'a whole number', number)
  }

  /** Kubernetes' IntOrString and quantities. */
  textOrNumber(name: string): string | number | undefined {
    return typeof this.#members[name] === 'number' ? (this.#scalar(name, 'number') as number) : this.text(name)
  }

  texts(name: string): string[] | undefined {
    return this.#list(name)?.map((item, index) => asType(item, 'string', `${this.pathOf(name)}[${index}]`) as string)
  }

  numbers(name: string): number[] | undefined {
    return this.#list(name)?.map((item, index) => asType(item, 'number', `${this.pathOf(name)}[${index}]`) as number)
  }

  /** Texts by name. */
  pairs(name: string): Record<string, string> {
    this.#asked.set(name, [])
    const value = this.#members[name] ?? {}
    if (!isObject(value)) throw mistyped(this.pathOf(name), 'an object', value)
    const entries = Object.entries(value).filter(([, text]) => text != null)
    return Object.fromEntries(
      entries.map(([key, text]) => [key, asType(text, 'string', `${this.pathOf(name)}.${key}`) as string]),
    )
  }

  object(name: string): Fields | undefined {
    if (!this.has(name)) return this.#absent(name)
    const fields = new Fields(this.#members[name], this.pathOf(name))
    this.#asked.set(name, [fields])
    return fields
  }

  objects(name: string): Fields[] {
    const list = this.#list(name) ?? []
    const found = list.map((item, index) => new Fields(item, `${this.pathOf(name)}[${index}]`))
    this.#asked.set(name, found)
    return found
  }

  /** Names of the fields that are there. */
  names(): string[] {
    return Object.keys(this.#members).filter((name) => this.has(name))
  }

  /** They ask for nothing: whether they are there makes no difference. */
  passOver(...names: readonly string[]): void {
    for (const name of names) this.#asked.set(name, [])
  }

  /** As it stands; nothing counts as asked for. */
  plain(): Members {
    return this.#members
  }

  /** Paths of what is there and nobody has asked for; what says nothing (`{}`, `[]`, empty texts) is left out. */
  unread(): string[] {
    return this.names().flatMap((name) => {
      const below = this.#asked.get(name)
      if (below !== undefined) return below.flatMap((fields) => fields.unread())
      return saysNothing(this.#members[name]) ? [] : [this.pathOf(name)]
    })
  }

  #absent(name: string): undefined {
    this.#asked.set(name, [])
  }

  #scalar(name: string, type: ScalarName): unknown {
    this.#asked.set(name, [])
    return this.has(name) ? asType(this.#members[name], type, this.pathOf(name)) : undefined
  }

  #list(name: string): readonly unknown[] | undefined {
    this.#asked.set(name, [])
    const value = this.#members[name]
    if (value == null) return undefined
    if (Array.isArray(value)) return value
    throw mistyped(this.pathOf(name), 'a list', value)
  }
}

export function invalidManifest(message: string, hint?: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'manifest-invalid',
    message,
    ...(hint === undefined ? {} : { hint }),
  })
}

type ScalarName = 'string' | 'boolean' | 'number'

const articles: Readonly<Record<ScalarName, string>> = {
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
}

/** As Go's reader has it, a number or a boolean where a text is wanted is that text. */
function asType(value: unknown, type: ScalarName, path: string): unknown {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  if (typeof value === type) return value
  throw mistyped(path, articles[type], value)
}

function mistyped(path: string, wanted: string, value: unknown): EngineError {
  const found = JSON.stringify(value) ?? String(value)
  const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found
  return invalidManifest(`${path === '' ? 'the document' : path}: must be ${wanted}, not ${shown}`)
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function saysNothing(value: unknown): boolean {
  if (value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
