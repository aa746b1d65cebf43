// Where something in a tree is on the host, for what is mounted.

import { EngineError } from '../../base/errors.ts'
import { openRoot, pathInRoot } from '../container/root-folder.ts'
import type { SourceTree } from './build-context.ts'

/** Links are followed inside the tree. @throws not-found `mount-source-missing` */
export function sourceIn(tree: SourceTree, path: string): string {
  using root = openRoot(tree.path)
  const top = pathInRoot(root, '/')
  const found = pathInRoot(root, path)
  if (found !== undefined && top !== undefined && (found === top || found.startsWith(`${top}/`) || top === '/'))
    return found
  throw new EngineError({
    kind: 'not-found',
    code: 'mount-source-missing',
    message: `--mount: '${path}' is not in ${tree.label}`,
  })
}
