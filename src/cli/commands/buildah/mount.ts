// buildah mount: where the files of a working container are; as often as it is called, they are mounted once.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { refuseOutsideOfMounts } from '../../outside-of-mounts.ts'
import { printJson, printLine } from '../../render/print.ts'

export default defineCommand({
  options: { json: { type: 'boolean', describe: 'Print the mounted containers as JSON' } },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  description: 'Without a container, lists those that are mounted.',
  examples: ['gantry buildah mount', 'gantry buildah mount web'],
  async run(open, { options, args, path }) {
    refuseOutsideOfMounts(path)
    if (options.json && args.length > 0)
      throw invalid('flags-conflict', '--json lists what is mounted: it takes no container')
    const engine = await open()
    const [{ mount, mountedContainers }, { selectWorking }, { isWorking }] = await Promise.all([
      import('../../../engine/container/mount.ts'),
      import('../../../engine/working/working-container.ts'),
      import('../../../engine/working/is-working.ts'),
    ])
    const mounted = mountedContainers(engine).filter(({ container }) => isWorking(container))
    if (args.length === 0) {
      const rows = mounted.map(({ container: { name }, path: mountPoint }) => ({ container: name, mountPoint }))
      if (options.json) printJson(rows)
      else for (const { container, mountPoint } of rows) printLine(`${container} ${mountPoint}`)
      return 0
    }
    for (const container of args.map((name) => selectWorking(engine, name))) {
      const place = mounted.find((one) => one.container.id === container.id)?.path ?? (await mount(engine, container))
      printLine(args.length === 1 ? place : `${container.name} ${place}`)
    }
    return 0
  },
})
