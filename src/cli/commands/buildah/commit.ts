// buildah commit: an image of a working container.

import { EngineError, invalid } from '../../../base/errors.ts'
import { writeResult } from '../../../os/atomic-file.ts'
import { defineCommand } from '../../command.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    format: {
      type: 'string',
      short: 'f',
      describe: 'Of the image: oci or docker; that of `from` unless given',
      complete: 'none',
    },
    iidfile: { type: 'string', value: 'file', describe: 'Write the image id to a file', complete: 'file' },
    'omit-history': { type: 'boolean', describe: 'Leave out the history of the image' },
    quiet: quietOption('Do not print progress information'),
    rm: { type: 'boolean', describe: 'Remove the working container afterwards' },
    squash: { type: 'boolean', describe: 'Make one layer of all' },
    timestamp: { type: 'number', value: 'seconds', describe: 'Seconds since 1970 that the image says it was made at' },
  },
  positionals: [
    { name: 'container', complete: 'container' },
    { name: 'image', isOptional: true, complete: 'image' },
  ],
  examples: ['gantry buildah commit web my-web', 'gantry buildah commit --squash --rm web my-web:1'],
  async run(open, { options, args: [name = '', image = ''] }) {
    const { format, timestamp } = options
    if (format !== undefined && format !== 'oci' && format !== 'docker') {
      throw invalid('format-invalid', `unrecognized image type ${JSON.stringify(format)}: it is oci or docker`)
    }
    refuseElsewhere(image)
    beQuietIf(options.quiet)
    const engine = await open()
    const [{ commitWorking }, { selectWorking }] = await Promise.all([
      import('../../../engine/working/commit.ts'),
      import('../../../engine/working/working-container.ts'),
    ])
    const { id } = await commitWorking(engine, {
      container: selectWorking(engine, name),
      ...(image === '' ? {} : { name: image.replace(/^containers-storage:/, '') }),
      ...(format === undefined ? {} : { format }),
      isSquashed: options.squash,
      hasHistory: !options['omit-history'],
      ...(timestamp === undefined ? {} : { createdAt: new Date(timestamp * 1000).toISOString().replace('.000Z', 'Z') }),
      removesContainer: options.rm,
    })
    if (options.iidfile !== undefined) writeResult(options.iidfile, id)
    printLine(id)
    return 0
  },
})

function refuseElsewhere(image: string): void {
  if (!/^(?:docker|docker-archive|docker-daemon|oci|oci-archive|dir|sif|ostree):/.test(image)) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'commit-elsewhere',
    message: `cannot commit to '${image}' at once`,
    hint: `Commit under a name, and push it: buildah push NAME ${image}`,
  })
}
