// secret inspect: what is known of secrets; what they say only by --showsecret.

import { goDocument } from '../../../engine/go-document.ts'
import type { SecretDocument } from '../../../engine/secret/inspect.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { complain, print } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

const prettyFormat = `ID:              {{.ID}}
Name:              {{.Spec.Name}}
{{- if .Spec.Labels }}
Labels:
{{- range $k, $v := .Spec.Labels }}
 - {{ $k }}{{if $v }}={{ $v }}{{ end }}
{{- end }}{{ end }}
Driver:            {{.Spec.Driver.Name}}
Created at:        {{.CreatedAt}}
Updated at:        {{.UpdatedAt}}`

export default defineCommand({
  options: {
    format: {
      type: 'string',
      short: 'f',
      value: 'format',
      describe: 'Format inspect output using a Go template',
      fields: 'ID CreatedAt UpdatedAt Spec.Name Spec.Driver Spec.Labels',
    },
    pretty: { type: 'boolean', describe: 'Print inspect output in human-readable format' },
    showsecret: { type: 'boolean', describe: 'Show what the secret says, too' },
  },
  positionals: [{ name: 'secret', isVariadic: true, complete: 'secret' }],
  examples: [
    'gantry secret inspect db-password',
    "gantry secret inspect --showsecret -f '{{.SecretData}}' db-password",
  ],
  async run(open, { options, args }) {
    const [engine, { inspectSecret }, { findSecret, isSecretUnknown }] = await Promise.all([
      open(),
      import('../../../engine/secret/inspect.ts'),
      import('../../../secret/secret-store.ts'),
    ])
    const documents: SecretDocument[] = []
    const missing: string[] = []
    for (const text of args) {
      try {
        documents.push(await inspectSecret(engine, findSecret(engine.at, text), { isShown: options.showsecret }))
      } catch (error) {
        if (!isSecretUnknown(error)) throw error
        missing.push((error as Error).message)
      }
    }
    show(documents, options.pretty ? prettyFormat : options.format)
    return complainOf(missing)
  },
})

function show(documents: readonly SecretDocument[], format: string | undefined): void {
  const rows = documents.map((document) => goDocument(document, '*entities.SecretInfoReport'))
  if (format === undefined || isJsonFormat(format)) print(`${JSON.stringify(rows, undefined, 4)}\n`)
  else printRows({ name: 'inspect', format, rows, headings: {} })
}

/** In podman's order: the first one is the command's error. */
function complainOf([first, ...others]: readonly string[]): number {
  if (first === undefined) return 0
  for (const message of others) complain(`error inspecting secret: ${message}\n`)
  complain(`Error: inspecting secret: ${first}\n`)
  return exitCodes.failed
}
