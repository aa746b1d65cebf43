// A host of one's own for tests of networks: a network namespace with an interface eth0 (192.0.2.50) and, at its other end, a neighbour in a
// second namespace (192.0.2.1) who is the way out. Nothing of it touches the machine's own network.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

export interface TestNetwork extends Disposable {
  /** argv that runs what follows on the host, or at the neighbour's. */
  readonly enter: readonly string[]
  readonly neighbour: readonly string[]
  readonly hostAddress: string
  readonly neighbourAddress: string
  /** What a command on the host prints; empty when it fails. */
  host(...argv: readonly string[]): string
}

/** Needs root. */
export function openNetwork(): TestNetwork {
  const name = `gantry-test-${randomBytes(4).toString('hex')}`
  const other = `${name}-n`
  const ip = (...words: string[]) => execFileSync('ip', words)
  for (const one of [name, other]) ip('netns', 'add', one)
  ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other)
  for (const [one, address] of [
    [name, '192.0.2.50/24'],
    [other, '192.0.2.1/24'],
  ] as const) {
    ip('-n', one, 'link', 'set', 'lo', 'up')
    ip('-n', one, 'address', 'add', address, 'dev', 'eth0')
    ip('-n', one, 'link', 'set', 'eth0', 'up')
  }
  ip('-n', name, 'route', 'add', 'default', 'via', '192.0.2.1')
  const enter = ['nsenter', `--net=/run/netns/${name}`]
  return {
    enter,
    neighbour: ['nsenter', `--net=/run/netns/${other}`],
    hostAddress: '192.0.2.50',
    neighbourAddress: '192.0.2.1',
    host(...argv) {
      try {
        const [file = '', ...rest] = [...enter, ...argv]
        return execFileSync(file, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 })
      } catch {
        return ''
      }
    },
    [Symbol.dispose]() {
      for (const one of [name, other]) ip('netns', 'delete', one)
    },
  }
}
