// Which containers live in another one's namespaces, or were made to require it.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { dependenciesOf } from '../../spec/dependencies.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'

/** Full ids, in no order. Lock-free: a container made meanwhile may be missed. */
export function dependentsOf(at: Layout, id: string): string[] {
  const ids = absentAsUndefined(() => readdirSync(paths.containers(at))) ?? []
  return ids.filter((other) => other !== id && dependsOn(at, other, id))
}

function dependsOn(at: Layout, other: string, id: string): boolean {
  const path = join(paths.container(at, other), containerFiles.root.spec)
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  // Most specs do not even mention the id: a search costs a tenth of the parsing.
  if (text?.includes(id) !== true) return false
  return dependenciesOf((JSON.parse(text) as StoredSpec).spec).includes(id)
}
