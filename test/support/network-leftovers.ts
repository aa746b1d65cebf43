// What must be gone with the last container: leases, pinned namespaces, interfaces, published ports.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Box } from './box.ts'
import type { TestNetwork } from './network.ts'

export function networkLeftovers(box: Box, network: TestNetwork): string[] {
  const folder = (...names: string[]) => {
    const path = join(box.run, ...names)
    return existsSync(path) ? readdirSync(path) : []
  }
  const leases = folder('networks').flatMap((name) => folder('networks', name, 'leases'))
  const links = network.host('ip', '-brief', 'link').match(/veth\S*/g) ?? []
  const rules = network.host('nft', 'list', 'table', 'inet', 'gantry')
  const ports = rules.match(/(?:tcp|udp|sctp) \. \d+ :.*/g) ?? []
  const names = folder('dns').filter((name) => name !== 'aardvark.pid')
  return [...leases, ...folder('netns'), ...links, ...ports, ...names]
}
