// --output of a build: `PATH`, `-`, or `type=TYPE[,dest=PATH]`.

import { EngineError, invalid } from '../../base/errors.ts'

export type BuildOutput =
  | { readonly type: 'local'; readonly path: string }
  /** `path`: `-` is standard output. */
  | { readonly type: 'tar' | 'oci' | 'docker'; readonly path: string }
  /** In the store, where it is anyway. */
  | { readonly type: 'image'; readonly name: string | undefined }
  | { readonly type: 'cacheonly' }

/** @throws invalid `output-invalid`; unsupported `output-unsupported` */
export function parseBuildOutput(text: string): BuildOutput {
  if (text === '-') return { type: 'tar', path: '-' }
  if (!text.includes('=')) return { type: 'local', path: text }
  const fields = new Map(text.split(',').map((field) => split(field, text)))
  return ofType(text, fields)
}

function ofType(text: string, fields: ReadonlyMap<string, string>): BuildOutput {
  const path = fields.get('dest')
  const type = fields.get('type') ?? (path === '-' ? 'tar' : 'local')
  switch (type) {
    case 'local':
      return { type, path: folderOf(text, path) }
    case 'tar':
    case 'oci':
    case 'docker':
      return { type, path: path ?? '-' }
    case 'image':
      if (fields.get('push') === 'true') throw unsupported('push=true')
      return { type, name: fields.get('name') }
    case 'cacheonly':
      return { type }
    case 'registry':
      throw unsupported('type=registry')
    default:
      throw bad(text, `invalid type ${JSON.stringify(type)} selected for build output`)
  }
}

function split(field: string, whole: string): [string, string] {
  const equals = field.indexOf('=')
  if (equals === -1)
    throw bad(whole, `invalid build output options, expected format key=value: ${JSON.stringify(field)}`)
  return [field.slice(0, equals), field.slice(equals + 1)]
}

function folderOf(text: string, path: string | undefined): string {
  if (path === undefined) throw bad(text, 'missing required key "dest" in build output option')
  if (path === '-') throw bad(text, 'a folder cannot be written to standard output')
  return path
}

function bad(text: string, why: string): EngineError {
  return invalid('output-invalid', `--output ${JSON.stringify(text)}: ${why}`)
}

function unsupported(what: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'output-unsupported',
    message: `--output ${what} is not supported: nothing is pushed by a build`,
    hint: 'Name the image with --tag and push it: gantry push NAME',
  })
}
