// `--format '{{.State.'`: the fields of the object that an inspect names, or of what a command prints.

import type { Engine } from '../../engine/engine.ts'
import type { InspectType } from '../inspect-objects.ts'
import { suggestNames } from './names.ts'
import { nothing, type Suggestions } from './suggestions.ts'

interface Asked {
  readonly type: InspectType
  readonly name: string | undefined
}

export function suggestFields(document: object, typed: string): Suggestions {
  const [, start, path = ''] = /^(.*\{\{(?:[^}]*\s)?\.)((?:\w+\.)*\w*)$/s.exec(typed) ?? []
  if (start === undefined) return nothing
  const outer = path.split('.').slice(0, -1)
  const fields = membersOf(outer.reduce<unknown>(member, document))
  const candidates = Object.entries(fields).map(([field, value]) => {
    const end = Object.keys(membersOf(value)).length > 0 ? '.' : '}}'
    return { text: `${start}${[...outer, field].join('.')}${end}` }
  })
  return {
    candidates: candidates.filter(({ text }) => text.startsWith(typed)),
    directive: ['NoSpace', 'NoFileComp'],
  }
}

/** An object with the fields of `ID Host.Arch`. */
export function namedFields(fields: string): object {
  const object: Record<string, object> = {}
  for (const [first = '', second] of fields.split(' ').map((path) => path.split('.'))) {
    object[first] = { ...object[first], ...(second === undefined ? {} : { [second]: '' }) }
  }
  return object
}

/** What has that name, or one that begins so; the newest container where none is given. */
export async function inspectedObject(engine: Engine, { type, name }: Asked): Promise<object | undefined> {
  const { inspectedDocument } = await import('../inspect-objects.ts')
  const exact = await inspectedDocument(engine, name, type)
  if (exact !== undefined || name === undefined) return exact
  const kinds = type === 'all' ? (['container', 'image', 'volume', 'network'] as const) : [type]
  const [first] = (await suggestNames(engine, kinds, name)).candidates
  return first === undefined ? undefined : inspectedDocument(engine, first.text, type)
}

function member(value: unknown, name: string): unknown {
  return membersOf(value)[name]
}

/** Go's fields: what begins with a capital letter, in JSON or not. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const members = Object.getOwnPropertyNames(value).map(
    (name) => [name, (value as Record<string, unknown>)[name]] as const,
  )
  return Object.fromEntries(members.filter(([name, one]) => /^[A-Z]/.test(name) && typeof one !== 'function'))
}
