// A unit file, or a quadlet file in its format: sections of `Key=value` lines, read and written with their comments: systemd.syntax(7).

import { invalid } from '../base/errors.ts'
import { splitUnitWords } from './unit-words.ts'

export interface UnitFile {
  /** Where it was read; absolute. */
  readonly path: string
  /** In order; a name stands for one. */
  readonly sections: Section[]
}

export interface Section {
  name: string
  /** Lines above its heading. */
  readonly comments: string[]
  readonly lines: UnitLine[]
}

interface UnitLine {
  /** Undefined of a comment or an empty line, which is its value. */
  readonly key: string | undefined
  value: string
  /** `/etc/containers/systemd/web.container:7`; undefined of one that was added. */
  readonly place?: string
}

/** @throws invalid `unit-malformed` */
export function parseUnitFile(path: string, text: string): UnitFile {
  const file: UnitFile = { path, sections: [] }
  let section: Section | undefined
  const pending: UnitLine[] = []
  for (const { text: line, place } of wholeLines(path, text)) {
    const named = /^\[([^[\]\p{Cc}]+)\]\s*$/u.exec(line)?.[1]
    if (isComment(line)) pending.push({ key: undefined, value: line })
    else if (named !== undefined) {
      section = sectionOf(file, named)
      // The empty line between two sections is written anyway.
      if (pending[0]?.value === '') pending.shift()
      section.comments.push(...pending.splice(0).map(({ value }) => value))
    } else {
      const [, key, value] = /^([^=]*[^=\s])\s*=\s*(.*)$/s.exec(line) ?? []
      if (key === undefined || value === undefined) {
        throw invalid('unit-malformed', `${place}: '${line}' is neither a key-value pair, nor a section, nor a comment`)
      }
      if (section === undefined) throw invalid('unit-malformed', `${place}: '${key}' stands in no section`)
      section.lines.push(...pending.splice(0), { key, value, place })
    }
  }
  section?.lines.push(...pending)
  return file
}

export function renderUnitFile({ sections }: UnitFile): string {
  const texts = sections.map(({ name, comments, lines }) => {
    const written = lines.map(({ key, value }) => (key === undefined ? value : `${key}=${value}`))
    return `${[...comments, `[${name}]`, ...written].join('\n')}\n`
  })
  return texts.join('\n')
}

/** `other`'s lines come after. */
export function mergeUnitFile(file: UnitFile, other: UnitFile): void {
  for (const { name, lines } of other.sections) sectionOf(file, name).lines.push(...lines)
}

export function copyUnitFile({ path, sections }: UnitFile): UnitFile {
  return { path, sections: structuredClone(sections) }
}

/** Is united with one that has the name already. */
export function renameSection(file: UnitFile, from: string, to: string): void {
  const at = file.sections.findIndex(({ name }) => name === from)
  const section = file.sections[at]
  if (section === undefined) return
  const other = file.sections.find(({ name }) => name === to)
  if (other === undefined) section.name = to
  else {
    other.lines.push(...section.lines)
    file.sections.splice(at, 1)
  }
}

export function addLine(file: UnitFile, section: string, [key, value]: readonly [key: string, value: string]): void {
  sectionOf(file, section).lines.push({ key, value })
}

export function prependLine(
  file: UnitFile,
  section: string,
  [key, value]: readonly [key: string, value: string],
): void {
  sectionOf(file, section).lines.unshift({ key, value })
}

/** In place of the last of that key. */
export function setLine(file: UnitFile, section: string, [key, value]: readonly [key: string, value: string]): void {
  const line = sectionOf(file, section).lines.findLast((one) => one.key === key)
  if (line === undefined) addLine(file, section, [key, value])
  else line.value = value
}

export function hasKey(file: UnitFile, section: string, key: string): boolean {
  return linesOf(file, section, key).length > 0
}

/** Each key once, with where it stands. */
export function keysOf(file: UnitFile, section: string): { key: string; place: string }[] {
  const lines = file.sections.find(({ name }) => name === section)?.lines ?? []
  const keys = lines.flatMap(({ key, place = file.path }) => (key === undefined ? [] : [{ key, place }]))
  return keys.filter(({ key }, index) => keys.findIndex((other) => other.key === key) === index)
}

/** The last one, without quotes around it; undefined where there is none. */
export function lookup(file: UnitFile, section: string, key: string): string | undefined {
  const value = linesOf(file, section, key).at(-1)?.value
  return value?.trimEnd().replace(/^"+|"+$/g, '')
}

/** The last one, unless that is empty. */
export function lookupText(file: UnitFile, section: string, key: string): string | undefined {
  return lookup(file, section, key) || undefined
}

/** Undefined where there is none. @throws invalid `unit-value-invalid` */
export function lookupBoolean(file: UnitFile, section: string, key: string): boolean | undefined {
  const value = lookup(file, section, key)?.toLowerCase()
  if (value === undefined) return undefined
  if (['1', 'yes', 'y', 'true', 't', 'on'].includes(value)) return true
  if (['0', 'no', 'n', 'false', 'f', 'off', ''].includes(value)) return false
  throw invalid('unit-value-invalid', `${placeOf(file, section, key)}: ${key}=${value} is neither yes nor no`)
}

/** All; an empty one forgets those before it. */
export function lookupAll(file: UnitFile, section: string, key: string): string[] {
  const values = linesOf(file, section, key).map(({ value }) => value)
  return values.slice(values.lastIndexOf('') + 1)
}

/** The words of all, with backslashes that stand for themselves, as in lists of units. */
export function lookupWords(file: UnitFile, section: string, key: string): string[] {
  return lookupAll(file, section, key).flatMap((value) => splitUnitWords(value, 'kept'))
}

/** The words of all, as in command lines. @throws invalid `unit-value-invalid` */
export function lookupArguments(file: UnitFile, section: string, key: string): string[] {
  try {
    return lookupAll(file, section, key).flatMap((value) => splitUnitWords(value, 'undone'))
  } catch (error) {
    throw invalid('unit-value-invalid', `${placeOf(file, section, key)}: ${key}: ${(error as Error).message}`)
  }
}

/** `NAME=value` words of all, the last of a name, sorted by it. Others are none. @throws invalid `unit-value-invalid` */
export function lookupPairs(file: UnitFile, section: string, key: string): string[] {
  const words = lookupArguments(file, section, key).filter((word) => word.includes('='))
  const pairs = new Map(words.map((word) => [word.slice(0, word.indexOf('=')), word]))
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, word]) => word)
}

/** Of the last line of that key; the file, where there is none. */
export function placeOf(file: UnitFile, section: string, key: string): string {
  return linesOf(file, section, key).at(-1)?.place ?? file.path
}

function linesOf({ sections }: UnitFile, section: string, key: string): UnitLine[] {
  return sections.find(({ name }) => name === section)?.lines.filter((line) => line.key === key) ?? []
}

function sectionOf(file: UnitFile, name: string): Section {
  const there = file.sections.find((section) => section.name === name)
  if (there !== undefined) return there
  const section = { name, comments: [], lines: [] }
  file.sections.push(section)
  return section
}

function isComment(line: string): boolean {
  return line === '' || line.startsWith('#') || line.startsWith(';')
}

/** A backslash at the end of a line continues it; comments and empty lines between are none of it. */
function* wholeLines(path: string, text: string): Generator<{ text: string; place: string }> {
  let begun: { readonly text: string; readonly place: string } | undefined
  for (const [index, raw] of text.replace(/\n$/, '').split('\n').entries()) {
    const line = raw.trim()
    if (begun !== undefined && isComment(line)) continue
    const isContinued = !isComment(line) && line.endsWith('\\')
    const { text: before, place } = begun ?? { text: '', place: `${path}:${index + 1}` }
    begun = { text: before + (isContinued ? line.slice(0, -1) : line), place }
    if (isContinued) continue
    yield begun
    begun = undefined
  }
  if (begun !== undefined) yield begun
}
