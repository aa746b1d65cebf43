// inspect: what is known of objects of any kind: containers first, then images, then volumes, then networks.

import { invalid } from '../../base/errors.ts'
import { defineCommand } from '../command.ts'
import type { InspectType } from '../inspect-objects.ts'
import { inspectOptions } from '../inspect-options.ts'
import { isOutside, outsideImageOptions, refuseOutsideFlags } from '../options/outside-image.ts'
import { openAsAsked } from '../options/skopeo-program.ts'

export default defineCommand({
  options: {
    ...inspectOptions,
    ...outsideImageOptions,
    type: {
      type: 'string',
      short: 't',
      default: 'all',
      value: 'type',
      describe: 'Specify inspect-object type: all, container, image, volume or network',
    },
  },
  positionals: [{ name: 'CONTAINER|IMAGE', isVariadic: true, isOptional: true, complete: 'container' }],
  description:
    'Displays the low-level information on an object identified by name or ID, or on an image elsewhere, as skopeo does: docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, docker-daemon:NAME:TAG or containers-storage:[[DRIVER@]GRAPHROOT]NAME.',
  examples: [
    'gantry inspect web',
    'gantry inspect --type image alpine',
    "gantry inspect --format '{{.Id}} {{.State.Status}}' web",
    'gantry inspect --no-tags docker://quay.io/fedora/fedora:42',
  ],
  run: async (open, { options, args, given }) => {
    const type = inspectType(options.type)
    const place = args.find(isOutside)
    if (place !== undefined) {
      refuseForOutside(args, given)
      const { printOutside } = await import('../inspect-outside.ts')
      await printOutside(openAsAsked(open, { options, given }), { place, format: options.format, options, given })
      return 0
    }
    refuseOutsideFlags(given)
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

function refuseForOutside(args: readonly string[], given: ReadonlySet<string>): void {
  if (args.length > 1) throw invalid('arguments-invalid', 'exactly one image that lies elsewhere can be inspected')
  const flag = ['latest', 'size', 'type'].find((name) => given.has(name))
  if (flag !== undefined) throw invalid('arguments-invalid', `--${flag} is not for images that lie elsewhere`)
}

function refuseContainerFlags({ latest, size }: { latest: boolean; size: boolean }, type: InspectType): void {
  if (latest) throw invalid('arguments-invalid', `latest is not supported for type "${type}"`)
  if (size) throw invalid('arguments-invalid', `size is not supported for type "${type}"`)
}
