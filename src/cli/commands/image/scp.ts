// image scp: images to and from other users and machines.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { quietOption } from '../../options/quiet.ts'

export default defineCommand({
  options: { quiet: quietOption('Suppress the output') },
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'destination', isOptional: true },
  ],
  description:
    'A place is HOST:: or USER@HOST:PORT::, reached by ssh(1), or USER@localhost:: for another user of this machine, which takes root. At the other end gantry does the work, or podman. Without a destination the image comes here.',
  examples: [
    'gantry image scp app build.example.org::',
    'gantry image scp me@build.example.org:2222::app',
    'gantry image scp root@localhost::app me@localhost::',
  ],
  async run(open, { options, args: [source = '', destination = ''] }) {
    const [place, image] = source.includes('::') ? split(source) : ['', source]
    if (image === '') throw invalid('arguments-invalid', `'${source}' names no image`)
    const [target, name] = destination.includes('::') ? split(destination) : ['', destination]
    if (name !== '') {
      throw invalid(
        'arguments-invalid',
        `'${destination}' is no place`,
        'An image keeps its name: say HOST:: or USER@localhost::',
      )
    }
    const { parseScpPlace, transferImage } = await import('../../../engine/image/scp.ts')
    const request = { from: parseScpPlace(place), image, to: parseScpPlace(target), isQuiet: options.quiet }
    if (request.from.kind === 'here' && request.to.kind === 'here') {
      throw invalid(
        'arguments-invalid',
        'cannot transfer an image to where it is',
        'Say where it is to go: HOST:: or USER@localhost::',
      )
    }
    await transferImage(await open(), request)
    return 0
  },
})

function split(text: string): [place: string, image: string] {
  const at = text.indexOf('::')
  return [text.slice(0, at), text.slice(at + 2)]
}
