// --format as podman reads it: `json`, a Go template for one value, a template for each row, `table …` with a heading.

import { EngineError } from '../../base/errors.ts'
import { type CompiledTemplate, compileTemplate } from '../../base/go-template.ts'
import type { FunctionTable } from '../../base/go-template-frame.ts'
import { goMap } from '../../base/go-value.ts'
import { alignTabs } from '../../base/tabwriter.ts'
import { isDocker } from '../dialect.ts'
import { print } from './print.ts'

/** `json`, and what means the same. */
export function isJsonFormat(format: string): boolean {
  return /^\s*(?:json|\{\{\s*json\.?\s*\}\})\s*$/.test(format)
}

/** Of a list: docker's `{{json .}}` is an object a line, as its `json` is. */
export function isJsonList(format: string): boolean {
  return isJsonFormat(format) || (isDocker() && /^\s*\{\{\s*json\s+\.\s*\}\}\s*$/.test(format))
}

export interface TemplateOptions {
  /** The command's, for messages. */
  readonly name?: string
  readonly functions?: FunctionTable
}

/** One value by a user's template. @throws invalid `template-malformed`, `template-failed` */
export function printTemplate(format: string, value: unknown, options: TemplateOptions = {}): void {
  templatePrinter(format, options)(value)
}

/** For values that come one by one. @throws invalid `template-malformed`; what it returns: `template-failed` */
export function templatePrinter(format: string, options: TemplateOptions = {}): (value: unknown) => void {
  const template = compileFormat(options, withNewline(format), format)
  return (value) => print(template.execute(value))
}

/** One value by a layout of our own: its columns are aligned. */
export function printLayout(layout: string, value: unknown, options: TemplateOptions = {}): void {
  print(alignTabs(compileFormat(options, withNewline(layout)).execute(value)))
}

export interface TableRows extends TemplateOptions {
  /** `table {{.ID}}\t{{.Names}}`, `{{.ID}}`, or with a `{{range .}}` of its own. */
  readonly format: string
  readonly rows: readonly unknown[]
  /** Field → heading, for `table`: only those whose heading is not the field's words in upper case. */
  readonly headings: Readonly<Record<string, string>>
  readonly isHeadingHidden?: boolean
}

/** @throws invalid `template-malformed`, `template-failed` */
export function printRows(table: TableRows): void {
  if (!table.format.startsWith(tablePrefix)) {
    print(compileFormat(table, withRange(withNewline(table.format)), withRange(table.format)).execute(table.rows))
    return
  }
  const plain = table.format.slice(tablePrefix.length)
  const template = compileFormat(table, ranged(withNewline(plain, 'spaces')), ranged(plain))
  const heading = table.isHeadingHidden === true ? '' : template.execute([headingsOf(table)])
  print(alignTabs(heading + template.execute(table.rows)))
}

const tablePrefix = 'table '

/** `CreatedAt` is headed `CREATED AT`. */
export function headingOf(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4').toUpperCase()
}

/** Of the fields that the format names: there may be no row to ask. */
function headingsOf({ format, headings }: TableRows): Readonly<Record<string, string>> {
  const fields = Array.from(format.matchAll(/\.([A-Z]\w*)/g), ([, field]) => field as string)
  return goMap({ ...Object.fromEntries(fields.map((field) => [field, headingOf(field)])), ...headings })
}

/** `\t` and `\n` of the shell's words became tab and newline. Where that broke a `{{printf "\n"}}`, the text as typed comes second. */
function compileFormat(options: TemplateOptions, text: string, asTyped: string = text): CompiledTemplate {
  const source = { name: options.name ?? 'format', functions: options.functions ?? {} }
  try {
    return compileTemplate({ ...source, text })
  } catch (error) {
    if (!(error instanceof EngineError) || text === asTyped) throw error
    return compileTemplate({ ...source, text: asTyped })
  }
}

function withNewline(format: string, separator: 'tabs' | 'spaces' = 'tabs'): string {
  const spaced = separator === 'spaces' ? format.replaceAll(' ', '\t') : format
  const text = spaced.replaceAll('\\t', '\t').replaceAll('\\n', '\n')
  return text.endsWith('\n') ? text : `${text}\n`
}

function withRange(text: string): string {
  return /\{\{\s*range\s*\.\s*\}\}.*\{\{\s*end\s*-?\s*\}\}/s.test(text) ? text : ranged(text)
}

function ranged(text: string): string {
  return `{{range .}}${text}{{end -}}`
}
