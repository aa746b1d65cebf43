// port: the published ports of a container, or the one of a port inside.

import { EngineError, invalid } from '../../../base/errors.ts'
import type { StoredContainer } from '../../../engine/container/stored-container.ts'
import { networkFacetOf } from '../../../spec/network.ts'
import { isCovered } from '../../../spec/ports.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'
import { allOption, latestOption } from '../../targets.ts'

export default defineCommand({
  options: { all: allOption('Show all containers that publish ports'), latest: latestOption },
  positionals: [
    { name: 'container', isOptional: true, complete: 'running-container' },
    { name: 'port[/protocol]', isOptional: true, complete: 'none' },
  ],
  examples: ['gantry port web', 'gantry port web 80/tcp', 'gantry port --all'],
  async run(open, { options, args }) {
    const { all, latest } = options
    check({ names: args, all, latest })
    const [name, wanted = ''] = latest ? [undefined, args[0]] : args
    const port = wanted === '' ? undefined : parsePort(wanted)
    const [engine, { selectContainers }] = await Promise.all([open(), import('../../../engine/container/select.ts')])
    const names = name === undefined ? [] : [name.replace(/^\//, '')]
    const containers = selectContainers(engine, { names, all, latest, filters: [], ignore: false })
    if (port === undefined) containers.forEach((container) => printAll(container, all))
    else if (containers[0] !== undefined) printOne(containers[0], port)
    return 0
  },
})

interface Words {
  readonly names: readonly string[]
  readonly all: boolean
  readonly latest: boolean
}

function check({ names, all, latest }: Words): void {
  if (names.length === 0 && !latest && !all) {
    throw invalid('arguments-invalid', 'you must supply a running container name or id')
  }
  if (all && (latest || names.length > 0)) {
    throw invalid('arguments-invalid', '--all takes neither --latest nor arguments')
  }
}

interface WantedPort {
  readonly port: number
  readonly protocol: string
  readonly text: string
}

function parsePort(text: string): WantedPort {
  const [number = '', protocol = 'tcp', ...rest] = text.split('/')
  if (rest.length > 0) throw invalid('arguments-invalid', `port formats are port/protocol. '${text}' is invalid`)
  if (/^\d+$/.test(number) && Number(number) <= 65535) return { port: Number(number), protocol, text }
  throw invalid('arguments-invalid', `strconv.ParseUint: parsing ${JSON.stringify(number)}: invalid syntax`)
}

function printAll({ id, stored }: StoredContainer, isNamed: boolean): void {
  for (const { port, protocol, hostAddress, hostPort, count } of networkFacetOf(stored.spec).ports) {
    for (let index = 0; index < count; index += 1) {
      const prefix = isNamed ? `${id.slice(0, 12)}\t` : ''
      printLine(`${prefix}${port + index}/${protocol} -> ${hostAddress || '0.0.0.0'}:${hostPort + index}`)
    }
  }
}

function printOne({ stored }: StoredContainer, { port, protocol, text }: WantedPort): void {
  const found = networkFacetOf(stored.spec).ports.filter(
    (mapping) => mapping.protocol === protocol && isCovered({ port, protocol: mapping.protocol }, mapping),
  )
  for (const mapping of found)
    printLine(`${mapping.hostAddress || '0.0.0.0'}:${mapping.hostPort + port - mapping.port}`)
  if (found.length > 0) return
  throw new EngineError({
    kind: 'not-found',
    code: 'port-unpublished',
    message: `failed to find published port ${JSON.stringify(text)}`,
  })
}
