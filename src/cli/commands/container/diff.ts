// diff: what a container changed in its image, what an image's last layer did, or what one has otherwise than another.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { checkDiffFormat, diffFormatOption, diffSigns, showDiff } from '../../diff-objects.ts'
import { findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: { format: diffFormatOption, latest: latestOption },
  positionals: [
    { name: 'container', isOptional: true, complete: 'container' },
    { name: 'other', isOptional: true, complete: 'container' },
  ],
  description:
    `${diffSigns} A container is compared with its image, an image (not below \`container\`) with what is below its last layer, or ` +
    'either with the other one that is named.',
  examples: ['gantry diff web', 'gantry diff --format json web', 'gantry diff web registry.example.org/web:2'],
  async run(open, { options: { format, latest }, args, path }) {
    check(args, { latest, command: path.join(' ') })
    checkDiffFormat(format)
    const engine = await open()
    const kind = path[0] === 'container' ? 'container' : 'any'
    const newest = latest ? await findTargets(engine, { names: [], latest }) : []
    await showDiff(engine, { names: [...args, ...newest.map(({ shown }) => shown)], kind, format })
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
