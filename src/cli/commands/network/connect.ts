// network connect: puts a container into one more network.

import { invalid } from '../../../base/errors.ts'
import { parseIp, printIp } from '../../../base/ip-address.ts'
import { parseMac } from '../../../spec/network-text.ts'
import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {
    alias: {
      type: 'strings',
      value: 'name',
      isCommaSeparated: true,
      describe: 'Another name for it in this network',
      complete: 'none',
    },
    ip: { type: 'string', value: 'address', describe: 'IPv4 address in this network', complete: 'none' },
    ip6: { type: 'string', value: 'address', describe: 'IPv6 address in this network', complete: 'none' },
    'mac-address': { type: 'string', value: 'address', describe: 'MAC address in this network', complete: 'none' },
  },
  positionals: [
    { name: 'network', complete: 'network' },
    { name: 'container', complete: 'container' },
  ],
  examples: [
    'gantry network connect backend web',
    'gantry network connect --ip 10.89.1.13 --alias db backend postgres',
  ],
  async run(open, { options, args }) {
    const [network = '', name = ''] = args
    const addresses = [addressOf(options.ip, 'ip'), addressOf(options.ip6, 'ip6')].flatMap((text) => text ?? [])
    const mac = options['mac-address'] === undefined ? {} : { mac: parseMac(options['mac-address']) }
    const [engine, { connect }, { selectContainer }] = await Promise.all([
      open(),
      import('../../../engine/network/connect.ts'),
      import('../../../engine/container/select.ts'),
    ])
    const container = selectContainer(engine, name.replace(/^\//, ''))
    await connect(engine, container, { network, addresses, aliases: options.alias, ...mac })
    return 0
  },
})

function addressOf(text: string | undefined, flag: string): string | undefined {
  if (text === undefined || text === '') return undefined
  const address = parseIp(text)
  if (address !== undefined) return printIp(address)
  throw invalid(
    'arguments-invalid',
    `invalid argument ${JSON.stringify(text)} for "--${flag}" flag: failed to parse IP: ${JSON.stringify(text)}`,
  )
}
