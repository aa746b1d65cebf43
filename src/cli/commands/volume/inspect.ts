// volume inspect: what is known of volumes.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { inspectOptions } from '../../inspect-options.ts'

const format = {
  ...inspectOptions.format,
  fields:
    'Name Driver Mountpoint CreatedAt Labels Scope Options UID GID Anonymous MountCount NeedsCopyUp ' +
    'NeedsChown Timeout LockNumber',
}

export default defineCommand({
  options: { all: { type: 'boolean', short: 'a', describe: 'Inspect all volumes' }, format },
  positionals: [{ name: 'VOLUME', isVariadic: true, isOptional: true, complete: 'volume' }],
  examples: ['gantry volume inspect data', "gantry volume inspect --all --format '{{.Name}} {{.Mountpoint}}'"],
  async run(open, { options, args }) {
    if (options.all === args.length > 0)
      throw invalid('arguments-invalid', 'provide one or more volume names or use --all')
    const [engine, { inspectObjects, inspectAllVolumes }] = await Promise.all([
      open(),
      import('../../inspect-objects.ts'),
    ])
    if (options.all) return inspectAllVolumes(engine, options.format)
    return inspectObjects(engine, {
      names: args,
      type: 'volume',
      format: options.format,
      hasSize: false,
      isLatest: false,
    })
  },
})
