// network ls: the networks, sorted by name.

import { alignTabs } from '../../../base/tabwriter.ts'
import type { NetworkRecord } from '../../../network/record/network-record.ts'
import { defineCommand, defineOptions, type Options } from '../../command.ts'
import { isDocker } from '../../dialect.ts'
import { printDockerRows } from '../../render/docker-rows.ts'
import { print, printLine } from '../../render/print.ts'

const options = defineOptions({
  filter: {
    type: 'strings',
    short: 'f',
    value: 'filter',
    describe: 'Only those that match: name, id, driver, label, until, dangling',
    complete: 'none',
  },
  format: {
    type: 'string',
    value: 'format',
    describe: 'json, or a Go template',
    complete: 'none',
    fields:
      'Name Driver NetworkInterface Created Subnets Routes IPv6Enabled Internal DNSEnabled ' +
      'NetworkDNSServers Options IPAMOptions ID Labels',
  },
  'no-trunc': { type: 'boolean', describe: 'Show ids in full' },
  noheading: { type: 'boolean', short: 'n', describe: 'Do not print headers' },
  quiet: { type: 'boolean', short: 'q', describe: 'Only names' },
})

export default defineCommand({
  options,
  positionals: [],
  examples: [
    'gantry network ls',
    'gantry network ls --quiet --filter driver=bridge',
    "gantry network ls --format '{{.Name}} {{.Driver}}'",
  ],
  async run(open, { options: given, path }) {
    const [engine, { list }] = await Promise.all([open(), import('../../../engine/network/list.ts')])
    await render(list(engine, given.filter), given, path.at(-1) as string)
    return 0
  },
})

async function render(networks: readonly NetworkRecord[], given: Options<typeof options>, name: string): Promise<void> {
  if (given.quiet) return networks.forEach((network) => printLine(network.name))
  if (given.format === undefined) return renderTable(networks, given)
  const [{ isJsonList, printRows }, { goNetwork, networkRow }] = await Promise.all([
    import('../../render/template.ts'),
    import('../../render/network-document.ts'),
  ])
  const rows = () => networks.map((network) => networkRow(network, { isWhole: given['no-trunc'] }))
  if (isJsonList(given.format)) {
    if (isDocker()) return printDockerRows('networks', rows())
    return printLine(
      JSON.stringify(
        networks.map((network) => goNetwork(network)),
        undefined,
        2,
      ),
    )
  }
  printRows({
    name,
    format: given.format,
    rows: rows(),
    headings: { ID: 'NETWORK ID' },
    isHeadingHidden: given.noheading,
  })
}

function renderTable(networks: readonly NetworkRecord[], given: Options<typeof options>): void {
  const rows = networks.map(({ id, name, driver }) => [given['no-trunc'] ? id : id.slice(0, 12), name, driver])
  const heading = given.noheading ? [] : [['NETWORK ID', 'NAME', 'DRIVER']]
  print(alignTabs([...heading, ...rows].map((words) => `${words.join('\t')}\n`).join('')))
}
