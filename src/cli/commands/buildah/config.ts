// buildah config: what the image to come will say of itself.

import { defineCommand } from '../../command.ts'
import { workingConfigOptions } from '../../options/working-config.ts'

export default defineCommand({
  options: workingConfigOptions,
  positionals: [{ name: 'container', complete: 'container' }],
  description: 'Nothing of the container changes but what a commit writes down.',
  examples: [
    'gantry buildah config --cmd "/usr/bin/app --serve" --port 8080 web',
    'gantry buildah config --env LANG=C.UTF-8 --env OLD- --label version=1 web',
  ],
  async run(open, { options, args: [name = ''] }) {
    const engine = await open()
    const [{ configureWorking }, { selectWorking }, { changedImage }] = await Promise.all([
      import('../../../engine/working/configure.ts'),
      import('../../../engine/working/working-container.ts'),
      import('../../options/working-config.ts'),
    ])
    const container = selectWorking(engine, name)
    await configureWorking(engine, container, (image) => changedImage(image, options, engine.clock.now()))
    return 0
  },
})
