// Where the journal's lines lie.

import { join } from 'node:path'
import { type Layout, paths } from '../state/layout.ts'

export function journalFiles(at: Layout): { readonly current: string; readonly previous: string } {
  const current = join(paths.events(at), 'events.log')
  return { current, previous: `${current}.1` }
}
