// What inspect commands print: JSON, or a template over what Go's structs would hold.

import { goDocument } from '../../engine/go-document.ts'
import { print } from './print.ts'
import { isJsonFormat, printRows } from './template.ts'

/** One document and its Go type, for messages. */
export interface Inspected {
  readonly type: string
  readonly document: object
  /** Whether it is in Go's form already. */
  readonly isGo?: boolean
}

export interface InspectFormat {
  readonly format: string
  /** `all`, `container`, `image`, … as --type says. */
  readonly type: string
}

/** A list of documents, also of none. @throws invalid `template-malformed`, `template-failed` */
export function printInspected(inspected: readonly Inspected[], { format, type }: InspectFormat): void {
  const documents = inspected.map(({ type: name, document, isGo }) =>
    isGo === true ? document : goDocument(document, name),
  )
  if (format === '' || isJsonFormat(format)) return print(`${JSON.stringify(documents, undefined, 5)}\n`)
  printRows({ name: 'inspect', format: normalized(format, type), rows: documents, headings: {} })
}

/** Older spellings that podman still takes. */
function normalized(format: string, type: string): string {
  const replaced = format
    .replace(/\{\{\s*\.Id\s*\}\}/g, '{{.ID}}')
    .replaceAll('.Src', '.Source')
    .replaceAll('.Dst', '.Destination')
    .replaceAll('.ImageID', '.Image')
  return type === 'image' ? replaced.replaceAll('.Config.Healthcheck', '.HealthCheck') : replaced
}
