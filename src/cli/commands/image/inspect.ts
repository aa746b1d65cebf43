// image inspect: what is known of images.

import { defineCommand } from '../../command.ts'
import { inspectOptions } from '../../inspect-options.ts'

const format = {
  ...inspectOptions.format,
  fields:
    'Id Digest RepoTags RepoDigests Parent Comment Created Config Version Author Architecture Os Size ' +
    'VirtualSize GraphDriver.Name GraphDriver.Data RootFS.Type RootFS.Layers Labels Annotations ' +
    'ManifestType User History NamesHistory',
}

export default defineCommand({
  options: { format },
  positionals: [{ name: 'image', isVariadic: true, isOptional: true, complete: 'image' }],
  description: 'Displays the low-level information of an image identified by name or ID.',
  examples: ['gantry image inspect busybox', 'gantry image inspect --format "{{.Id}} {{.Size}}" busybox'],
  run: async (open, { options, args }) => {
    const [engine, { inspectObjects }] = await Promise.all([open(), import('../../inspect-objects.ts')])
    const { format } = options
    return inspectObjects(engine, { names: args, type: 'image', format, hasSize: false, isLatest: false })
  },
})
