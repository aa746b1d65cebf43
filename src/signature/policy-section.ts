// Reading one object of policy.json: what is not asked for is an unknown key, and every complaint names its place.

import { type EngineError, invalid } from '../base/errors.ts'
import { isObject, type JsonObject } from '../image/bounded-json.ts'

export interface Section {
  readonly value: JsonObject
  /** As messages name it: `transports.docker["quay.io/me"][0]`. */
  readonly place: string
}

/** @throws invalid `policy-malformed` for what is no object, and for keys that are not among `known` */
export function readSection(value: unknown, place: string, known: readonly string[]): Section {
  if (!isObject(value)) throw malformed(place, 'it is not an object')
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  if (unknown !== undefined) throw malformed(place, `unknown key "${unknown.slice(0, 100)}"`)
  return { value, place }
}

/** undefined where it is absent; never empty. @throws invalid `policy-malformed` */
export function textAt({ value, place }: Section, key: string): string | undefined {
  return value[key] === undefined ? undefined : readText(value[key], `${place}.${key}`)
}

/** Never an empty list. @throws invalid `policy-malformed` */
export function textsAt({ value, place }: Section, key: string): string[] | undefined {
  const given = value[key]
  if (given === undefined) return undefined
  if (!Array.isArray(given) || given.length === 0) throw malformed(`${place}.${key}`, 'it is not a list with entries')
  return given.map((each, at) => readText(each, `${place}.${key}[${at}]`))
}

/** @throws invalid `policy-malformed` */
export function requiredTextAt(section: Section, key: string): string {
  const text = textAt(section, key)
  if (text === undefined) throw malformed(section.place, `${key} is missing`)
  return text
}

/** Standard base64, with its padding. @throws invalid `policy-malformed` */
export function readBase64(text: string, place: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw malformed(place, 'it is not base64')
  return bytes
}

export function malformed(place: string, reason: string): EngineError {
  return invalid('policy-malformed', `${place}: ${reason}`)
}

function readText(value: unknown, place: string): string {
  if (typeof value !== 'string' || value === '') throw malformed(place, 'it is not a text, or empty')
  return value
}
