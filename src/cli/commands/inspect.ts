// inspect: what is known of objects of any kind: containers first, then images, then volumes, then networks.

import { invalid } from '../../base/errors.ts'
import { defineCommand } from '../command.ts'
import type { InspectType } from '../inspect-objects.ts'
import { inspectOptions } from '../inspect-options.ts'

export default defineCommand({
  options: {
    ...inspectOptions,
    type: {
      type: 'string',
      short: 't',
      default: 'all',
      value: 'type',
      describe: 'Specify inspect-object type: all, container, image, volume or network',
    },
  },
  positionals: [{ name: 'CONTAINER|IMAGE', isVariadic: true, isOptional: true, complete: 'container' }],
  description: 'Displays the low-level information on an object identified by name or ID.',
  examples: [
    'gantry inspect web',
    'gantry inspect --type image alpine',
    "gantry inspect --format '{{.Id}} {{.State.Status}}' web",
  ],
  run: async (open, { options, args }) => {
    const type = inspectType(options.type)
    if (type !== 'all' && type !== 'container') refuseContainerFlags(options, type)
    const [engine, { inspectObjects }] = await Promise.all([open(), import('../inspect-objects.ts')])
    const { format, size, latest } = options
    return inspectObjects(engine, { names: args, type, format, hasSize: size, isLatest: latest })
  },
})

const known: readonly InspectType[] = ['all', 'container', 'image', 'volume', 'network', 'pod']

function inspectType(text: string): InspectType {
  const type = known.find((one) => one === text)
  if (type !== undefined) return type
  throw invalid(
    'arguments-invalid',
    `invalid type ${JSON.stringify(text)}: must be "image", "container", "pod", "network", "volume", or "all"`,
  )
}

function refuseContainerFlags({ latest, size }: { latest: boolean; size: boolean }, type: InspectType): void {
  if (latest) throw invalid('arguments-invalid', `latest is not supported for type "${type}"`)
  if (size) throw invalid('arguments-invalid', `size is not supported for type "${type}"`)
}
