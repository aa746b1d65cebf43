// Paths inside an image or a container. What is typed is a path from the root, whether it says so or not.

import { EngineError } from '../../base/errors.ts'
import type { Engine } from '../../engine/engine.ts'
import type { FolderEntry } from '../../engine/image/list-folder.ts'
import { suggestNames } from './names.ts'
import { files, type Suggestions } from './suggestions.ts'

/** Files of the host where there is no such image. */
export async function suggestInImage(engine: Engine, name: string, typed: string): Promise<Suggestions> {
  const { findImage } = await import('../../engine/image/resolve.ts')
  const found = await findImage(engine, name)
  if (found === undefined) return files
  const { listImageFolder } = await import('../../engine/image/list-folder.ts')
  return fromRoot(typed, async (wanted) => listImageFolder(engine, found.record, wanted))
}

/** Files of the host where there is no such container. */
export async function suggestInContainer(engine: Engine, name: string, typed: string): Promise<Suggestions> {
  const { selectContainer } = await import('../../engine/container/select.ts')
  const { listContainerFolder } = await import('../../engine/container/list-folder.ts')
  try {
    const container = selectContainer(engine, name)
    return await fromRoot(typed, async (wanted) => listContainerFolder(engine, container, wanted))
  } catch (error) {
    if (error instanceof EngineError && error.code === 'container-unknown') return files
    throw error
  }
}

/** `CONTAINER:PATH`, or a file of the host. */
export async function suggestToCopy(engine: Engine, typed: string): Promise<Suggestions> {
  const colon = typed.indexOf(':')
  if (colon === -1) {
    const { candidates } = await suggestNames(engine, ['container'], typed)
    return { candidates: candidates.map((one) => ({ ...one, text: `${one.text}:` })), directive: ['NoSpace'] }
  }
  const name = typed.slice(0, colon)
  const { candidates, directive } = await suggestInContainer(engine, name, typed.slice(colon + 1))
  return { candidates: candidates.map(({ text }) => ({ text: `${name}:${text}` })), directive }
}

interface Wanted {
  readonly folder: string
  readonly prefix: string
}

async function fromRoot(typed: string, list: (wanted: Wanted) => Promise<FolderEntry[]>): Promise<Suggestions> {
  const { entries, start } = await begun(typed, list)
  const names = entries
    .filter(({ name }) => !isUnprintable(name))
    .map(({ name, isFolder }) => `${start}${name}${isFolder ? '/' : ''}`)
    .sort()
  return { candidates: names.map((text) => ({ text })), directive: ['NoSpace'] }
}

/** Of a hostile image: it would be another candidate, or move the terminal's cursor. */
function isUnprintable(name: string): boolean {
  return /\p{Cc}/u.test(name)
}

/** A folder that is typed without its slash is looked into, unless it is empty. */
async function begun(typed: string, list: (wanted: Wanted) => Promise<FolderEntry[]>) {
  const cut = typed.lastIndexOf('/') + 1
  const start = typed === '' ? '/' : typed.slice(0, cut)
  const prefix = typed.slice(cut)
  const entries = await list({ folder: start, prefix })
  const [only] = entries
  if (entries.length !== 1 || only?.isFolder !== true || only.name !== prefix) return { entries, start }
  const below = await list({ folder: typed, prefix: '' })
  return below.length === 0 ? { entries, start } : { entries: below, start: `${typed}/` }
}
