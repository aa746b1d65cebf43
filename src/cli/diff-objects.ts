// What diff, container diff and image diff have in common: the check of their words, and what they print.

import { invalid } from '../base/errors.ts'
import type { Layered } from '../engine/container/diff-objects.ts'
import type { Engine } from '../engine/engine.ts'
import type { Change } from '../storage/changes.ts'
import { printLine } from './render/print.ts'

export const diffFormatOption = {
  type: 'string',
  describe: 'Change the output format (json)',
  complete: 'none',
} as const

export const diffSigns = 'A: added, C: changed, D: deleted.'

export interface DiffRequest {
  readonly names: readonly string[]
  readonly kind: Layered['kind'] | 'any'
  readonly format: string | undefined
}

/** Before anything is done. @throws invalid `format-invalid` */
export function checkDiffFormat(format: string | undefined): void {
  if (format === undefined || format === '' || format === 'json') return
  throw invalid('format-invalid', "only supported value for '--format' is 'json'")
}

export async function showDiff(engine: Engine, { names, kind, format }: DiffRequest): Promise<void> {
  const { diffObjects, findLayered } = await import('../engine/container/diff-objects.ts')
  const [object, base] = await Promise.all(names.map(async (name) => findLayered(engine, name, kind)))
  const changes = object === undefined ? [] : await diffObjects(engine, object, base)
  if (format === 'json') printLine(JSON.stringify(toDocument(changes), undefined, 5))
  else for (const change of changes) printLine(`${change.kind} ${change.path}`)
}

function toDocument(changes: readonly Change[]) {
  const pathsOf = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).map(({ path }) => path)
  const members = { changed: pathsOf('C'), added: pathsOf('A'), deleted: pathsOf('D') }
  return Object.fromEntries(Object.entries(members).filter(([, list]) => list.length > 0))
}
