// manifest remove: an entry out of a list; the list's id is printed.

import { EngineError } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [
    { name: 'list', complete: 'image' },
    { name: 'digest', complete: 'none' },
  ],
  examples: [
    'gantry manifest remove mylist:v1.11 sha256:15352d97781ffdf357bf3459c037be3efac4133dc9070c2dce7eca7c05c3e736',
  ],
  async run(open, { args: [list = '', digest = ''] }) {
    const [engine, { remove }] = await Promise.all([open(), import('../../../engine/manifest/remove.ts')])
    try {
      printLine(await remove(engine, list, digest))
      return 0
    } catch (error) {
      throw error instanceof EngineError ? inContext(error, list) : error
    }
  },
})

function inContext(cause: EngineError, list: string): EngineError {
  const { kind, code, message, hint } = cause
  const text = `removing from manifest list ${list}: ${message}`
  return new EngineError({ kind, code, message: text, cause, ...(hint === undefined ? {} : { hint }) })
}
