// slirp4netns: connects a namespace to the host's network as an ordinary user. It lives until it is ended; ports are asked of it by a
// socket, and clients of theirs all seem to be its gateway.

import { closeSync, read } from 'node:fs'
import { EngineError } from '../../base/errors.ts'
import { native } from '../../os/native.ts'
import { nothing, spawnProcess } from '../../os/spawn.ts'
import type { PortMapping } from '../../spec/network.ts'
import { findHelper } from '../find-helper.ts'
import type { NetworkPlace } from '../network-place.ts'
import { helperMissing } from './helper-missing.ts'
import { type HelperProcess, identified } from './helper-process.ts'
import type { SlirpOptions } from './slirp-options.ts'

export interface SlirpRequest {
  readonly options: SlirpOptions
  readonly namespace: string
  readonly socket: string
}

/** Its sandbox takes its old root away, and with that, where mounts are shared, everybody's (slirp4netns pull request 153). */
const ownMounts = ['--mount', '--propagation', 'private']

/** Resolves when the namespace is connected. @throws not-found `network-helper-missing`; unavailable `slirp-failed` */
export async function startSlirp(place: NetworkPlace, request: SlirpRequest): Promise<HelperProcess[]> {
  const file = findHelper(place.config, 'slirp4netns')
  if (file === undefined) throw helperMissing('slirp4netns', 'slirp4netns')
  const [ready, told] = native().pipe()
  const argv = [
    ...ownMounts,
    file,
    ...request.options.argv,
    '-c',
    '-r',
    '3',
    `--api-socket=${request.socket}`,
    '--netns-type=path',
    request.namespace,
    'tap0',
  ]
  try {
    const child = spawnProcess('unshare', argv, { fds: [nothing, nothing, nothing, told] })
    // For whoever outlives it: nobody else reaps it.
    void child.end().catch(() => undefined)
    closeSync(told)
    if (!(await saysReady(ready))) throw failed()
    return identified(child.pid)
  } finally {
    closeSync(ready)
  }
}

/** @throws conflict `port-in-use` */
export async function addForwards(socket: string, address: string, ports: readonly PortMapping[]): Promise<void> {
  for (const mapping of ports) {
    for (let index = 0; index < mapping.count; index += 1) {
      const { hostAddress, hostPort, port, protocol } = mapping
      await ask(socket, 'add_hostfwd', {
        proto: protocol,
        host_addr: hostAddress || '0.0.0.0',
        host_port: hostPort + index,
        guest_addr: address,
        guest_port: port + index,
      })
    }
  }
}

/** Idempotent. */
export async function removeForwards(socket: string, ports: readonly PortMapping[]): Promise<void> {
  const doomed = new Set(
    ports.flatMap(({ hostPort, count, protocol }) => {
      return Array.from({ length: count }, (_, index) => `${protocol} ${hostPort + index}`)
    }),
  )
  const { entries = [] } = (await ask(socket, 'list_hostfwd', {})) as { entries?: readonly Forward[] }
  for (const { id, proto, host_port: port } of entries) {
    if (doomed.has(`${proto} ${port}`)) await ask(socket, 'remove_hostfwd', { id })
  }
}

interface Forward {
  readonly id: number
  readonly proto: string
  readonly host_port: number
}

async function ask(socket: string, execute: string, words: object): Promise<unknown> {
  const { connect } = await import('node:net')
  const answer = await new Promise<string>((resolve, reject) => {
    const client = connect(socket)
    const chunks: Buffer[] = []
    client.on('data', (chunk) => chunks.push(chunk))
    client.on('error', reject)
    client.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    client.end(JSON.stringify({ execute, arguments: words }))
  })
  const reply = JSON.parse(answer) as { return?: unknown; error?: { desc?: string } }
  const { error } = reply
  // A list comes without `return` around it.
  if (error === undefined) return reply.return ?? reply
  throw new EngineError({
    kind: 'conflict',
    code: 'port-in-use',
    message: `slirp4netns cannot forward ${JSON.stringify(words)}: address already in use, or ${error.desc ?? 'refused'}`,
  })
}

async function saysReady(fd: number): Promise<boolean> {
  return new Promise((resolve) => {
    read(fd, Buffer.alloc(1), 0, 1, null, (error, count) => resolve(error === null && count === 1))
  })
}

function failed(): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'slirp-failed',
    message: 'slirp4netns ended at once',
    hint: 'It needs /dev/net/tun: ls -l /dev/net/tun',
  })
}
