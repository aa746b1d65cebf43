// untag: takes names from an image, all of them where none is given. The image stays.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'name', isVariadic: true, isOptional: true, complete: 'image' },
  ],
  examples: ['gantry untag 0e3bbc2', 'gantry untag imageID:latest otherImageName:latest'],
  async run(open, { args }) {
    const [image = '', ...names] = args
    const engine = await open()
    const { untag } = await import('../../../engine/image/tag.ts')
    await untag(engine, image, names)
    return 0
  },
})
