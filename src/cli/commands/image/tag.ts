// tag: further names for one image.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'target_name', isVariadic: true, complete: 'image' },
  ],
  examples: ['gantry tag 0e3bbc2 fedora:latest', 'gantry tag httpd registry.example.com:5000/fedora/httpd:v2'],
  async run(open, { args }) {
    const [image = '', ...names] = args
    const engine = await open()
    const { tag } = await import('../../../engine/image/tag.ts')
    await tag(engine, image, names)
    return 0
  },
})
