// builder prune: what builds keep for the next ones.

import { parseGoDuration } from '../../../base/duration.ts'
import { EngineError, invalid } from '../../../base/errors.ts'
import { humanSize } from '../../../base/size.ts'
import { defineCommand } from '../../command.ts'
import { isConfirmed } from '../../confirm.ts'
import { printLine } from '../../render/print.ts'

const refused = ['keep-storage', 'max-used-space', 'min-free-space', 'reserved-space']

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Remove all: it is what is always done' },
    filter: { type: 'strings', value: 'filter', describe: 'Only what is older: until=24h' },
    force: { type: 'boolean', short: 'f', describe: 'Do not prompt for confirmation' },
    ...(Object.fromEntries(
      refused.map((name) => [name, { type: 'string', describe: 'Not supported', isHidden: true }]),
    ) as Record<string, { type: 'string'; describe: string; isHidden: true }>),
    verbose: { type: 'boolean', describe: 'Print what is removed: it always is' },
  },
  positionals: [],
  description: 'Layers of images stay; what a build uses at this moment, too.',
  examples: ['gantry builder prune', 'gantry builder prune --force --filter until=24h'],
  async run(open, { options, given }) {
    const flag = refused.find((name) => given.has(name))
    if (flag !== undefined) {
      const message = `--${flag} is not supported: name an age instead: --filter until=24h`
      throw new EngineError({ kind: 'unsupported', code: 'flag-unsupported', message })
    }
    const ages = options.filter.map(minAge)
    const warning = 'WARNING! This will remove all build cache.'
    if (!options.force && !(await isConfirmed(warning))) return 0
    const engine = await open()
    const { pruneBuildCache } = await import('../../../engine/build/prune-cache.ts')
    const pruned = await pruneBuildCache(engine, {
      isDanglingOnly: false,
      ...(ages.length === 0 ? {} : { minAgeMs: Math.max(...ages) }),
    })
    for (const id of pruned.removed) printLine(id)
    printLine(`Total reclaimed space: ${humanSize(pruned.freedBytes)}`)
    return 0
  },
})

function minAge(filter: string): number {
  const [name, value = ''] = filter.split('=')
  if (name === 'until' || name === 'unused-for') return parseGoDuration(value) / 1e6
  throw invalid('filter-invalid', `${JSON.stringify(filter)} is an invalid filter: it is until=DURATION`)
}
