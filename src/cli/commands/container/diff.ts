// diff: what a container changed in its image.

import { invalid } from '../../../base/errors.ts'
import type { Change } from '../../../storage/changes.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'
import { findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    format: { type: 'string', describe: 'Change the output format (json)', complete: 'none' },
    latest: latestOption,
  },
  positionals: [{ name: 'container', isOptional: true, complete: 'container' }],
  description: 'A: added, C: changed, D: deleted. Images are not compared yet.',
  examples: ['gantry diff web', 'gantry diff --format json web'],
  async run(open, { options: { format, latest }, args, path }) {
    check(args, { latest, command: path.join(' ') })
    if (format !== undefined && format !== '' && format !== 'json') {
      throw invalid('format-invalid', "only supported value for '--format' is 'json'")
    }
    const engine = await open()
    const { diff } = await import('../../../engine/container/diff.ts')
    const [target] = await findTargets(engine, { names: args, latest })
    const changes = target === undefined ? [] : await diff(engine, target.container)
    if (format === 'json') printLine(JSON.stringify(toDocument(changes), undefined, 5))
    else for (const change of changes) printLine(`${change.kind} ${change.path}`)
    return 0
  },
})

function check(names: readonly string[], { latest, command }: { latest: boolean; command: string }): void {
  if (names.length > 0 && latest) {
    throw invalid('arguments-invalid', '--latest and containers cannot be used together')
  }
  if (names.length === 0 && !latest) {
    throw invalid('arguments-invalid', `"gantry ${command}" requires a name, id, or the "--latest" flag`)
  }
}

function toDocument(changes: readonly Change[]) {
  const pathsOf = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).map(({ path }) => path)
  const members = { changed: pathsOf('C'), added: pathsOf('A'), deleted: pathsOf('D') }
  return Object.fromEntries(Object.entries(members).filter(([, list]) => list.length > 0))
}
