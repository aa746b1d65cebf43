// --secret and --ssh of a build.

import { readFileSync, statSync } from 'node:fs'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import type { BuildSecret, SshSource } from '../../engine/build/build-request.ts'

const maxBytes = 512_000

/** `id=ID[,src=FILE|,source=FILE|,env=NAME|,type=file|env]` @throws invalid `secret-invalid` */
export function parseBuildSecret(text: string): BuildSecret {
  const fields = new Map(text.split(',').map(split))
  const refuse = (why: string) =>
    invalid('secret-invalid', `incorrect secret flag format ${JSON.stringify(text)}: ${why}`)
  const unknown = [...fields.keys()].find((name) => !['id', 'src', 'source', 'env', 'type'].includes(name))
  if (unknown !== undefined) throw refuse(`unknown key ${JSON.stringify(unknown)}`)
  const id = fields.get('id') ?? ''
  if (id === '') throw refuse('should be --secret id=foo,src=bar[,env=ENV][,type=file|env]')
  const source = fields.get('src') ?? fields.get('source')
  const variable = variableOf(fields, source, id)
  if (variable !== undefined) {
    const value = process.env[variable]
    if (value === undefined) throw refuse(`the variable ${variable} is not set`)
    return { id, read: () => Buffer.from(value) }
  }
  const path = source ?? id
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined) throw refuse(`could not find ${path}: no such file or directory`)
  if (stat.size > maxBytes) throw refuse(`${path} is larger than ${maxBytes} bytes`)
  return { id, read: () => readFileSync(path) }
}

/** Undefined for a file. */
function variableOf(fields: ReadonlyMap<string, string>, source: string | undefined, id: string): string | undefined {
  const named = fields.get('env')
  if (named !== undefined) return named
  const isMeant = fields.get('type') === 'env' || (source === undefined && process.env[id] !== undefined)
  return isMeant ? (source ?? id) : undefined
}

/** `default|ID[=SOCKET|KEY[,KEY…]]` @throws invalid `ssh-invalid` */
export function parseSsh(text: string): SshSource {
  const [id, value] = split(text)
  const paths = value === '' ? [process.env['SSH_AUTH_SOCK'] ?? ''] : value.split(',')
  if (paths.some((path) => path === '')) {
    throw invalid(
      'ssh-invalid',
      `--ssh ${JSON.stringify(text)}: no agent: SSH_AUTH_SOCK is not set`,
      `Name its socket: --ssh ${id}=SOCKET`,
    )
  }
  return { id, paths }
}

function split(text: string): [string, string] {
  const equals = text.indexOf('=')
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
}
