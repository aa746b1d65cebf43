// Files and folders of a tree that a stranger made: links in it lead nowhere but to itself.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { type FoundEntry, resolveIn } from '../../os/tree-view.ts'

/** Undefined where there is no such file. @throws invalid for what is no file, or larger than `maxBytes` */
export function textInTree(folder: string, path: string, maxBytes: number): string | undefined {
  return inTree(folder, path, (entry) => {
    if (entry === undefined) return undefined
    const stat = fstatSync(entry.fd)
    if (!stat.isFile()) throw invalid('dockerfile-unreadable', `'${path}' of the context is no file`)
    if (stat.size > maxBytes)
      throw invalid('dockerfile-too-large', `'${path}' of the context is larger than ${maxBytes} bytes`)
    return readFileSync(`/proc/self/fd/${entry.fd}`, 'utf8')
  })
}

/** Where a folder of the tree is, its links followed. @throws not-found `context-missing` */
export function folderInTree(folder: string, path: string): string {
  const found = inTree(folder, path, (entry) => (entry?.isFolder === true ? entry.path : undefined))
  if (found !== undefined) return join(folder, Buffer.from(found, 'latin1').toString())
  throw new EngineError({
    kind: 'not-found',
    code: 'context-missing',
    message: `the context has no folder '${path}'`,
  })
}

function inTree<T>(folder: string, path: string, use: (entry: FoundEntry | undefined) => T): T {
  const root = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    using found = resolveIn({ root, mounts: new Map() }, Buffer.from(path).toString('latin1'))
    return use(found.status === 'found' ? found : undefined)
  } finally {
    closeSync(root)
  }
}
