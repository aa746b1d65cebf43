// kube down: what kube play made of a manifest goes again.

import { defineCommand } from '../../command.ts'
import { readKubeFile } from '../../kube-file.ts'
import { printDown } from '../../render/kube-report.ts'

export default defineCommand({
  options: { force: { type: 'boolean', describe: 'Remove volumes, too' } },
  positionals: [{ name: 'kubefile', usage: 'KUBEFILE|-', complete: 'file' }],
  description: 'Volumes of claims stay, with what they hold, unless --force is given.',
  examples: ['gantry kube down web.yaml', 'gantry kube down --force - < web.yaml'],
  async run(open, { options, args }) {
    const [{ readManifest }, { down }] = await Promise.all([
      import('../../../engine/kube/read-manifest.ts'),
      import('../../../engine/kube/down.ts'),
    ])
    const manifest = await readManifest(await readKubeFile(args[0] ?? '-'))
    return printDown(await down(await open(), manifest, { isForced: options.force }))
  },
})
