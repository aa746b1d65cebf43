// Waiting until the name server knows a name: it is asked, and answers, until it says yes.

import type { Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { errnoOf } from '../../base/errors.ts'
import { ipBytes, parseIp } from '../../base/ip-address.ts'
import { logDebug } from '../../base/log.ts'
import { occupyPort } from '../../os/network-namespace.ts'
import { atBridges } from '../firewall/apply.ts'
import type { NetworkPlace } from '../network-place.ts'
import { isKnown, printQuestion, searchDomain } from './query.ts'

const patienceMs = 2000

/**
 * Gives up after two seconds: names that come late are no reason not to start.
 * @returns whether it has answered, or is there at least; else somebody else has its port
 */
export async function awaitName(place: NetworkPlace & { readonly server: string }, name: string): Promise<boolean> {
  using asker = await openAsker(place)
  const question = printQuestion(`${name}.${searchDomain}`, place.server.includes(':') ? 6 : 4)
  const until = Date.now() + patienceMs
  for (let pauseMs = 1; Date.now() < until; pauseMs = Math.min(50, pauseMs * 2)) {
    if (await asker.ask(question, pauseMs)) return true
  }
  logDebug('the name server does not answer', { name, server: place.server })
  return isBound(place)
}

/** proc_net_udp(5): addresses are words in the machine's order of bytes. */
function isBound({ bridges, server, config }: NetworkPlace & { readonly server: string }): boolean {
  const address = parseIp(server)
  if (address === undefined) return false
  const words = ipBytes(address).swap32().toString('hex').toUpperCase()
  const port = config.dnsPort.toString(16).toUpperCase().padStart(4, '0')
  const table = `/proc/thread-self/net/${address.family === 4 ? 'udp' : 'udp6'}`
  return atBridges(bridges, () => readFileSync(table, 'utf8')).includes(` ${words}:${port} `)
}

interface Asker extends Disposable {
  /** Whether it knows; an answer of no, or none, takes `pauseMs`. */
  ask(question: Buffer, pauseMs: number): Promise<boolean>
}

async function openAsker({ bridges, server, config }: NetworkPlace & { readonly server: string }): Promise<Asker> {
  const { createSocket } = await import('node:dgram')
  const isSix = server.includes(':')
  // Sockets of Node's own making come into being later, when we are no longer where the bridges are.
  const fd = atBridges(bridges, () => occupyPort(isSix ? '::' : '0.0.0.0', 0, 'udp'))
  const socket = createSocket(isSix ? 'udp6' : 'udp4')
  socket.on('error', (error) => logDebug('name server', { error: errnoOf(error) }))
  await new Promise<void>((resolve) => socket.bind({ fd, exclusive: true }, resolve))
  return {
    ask: async (question, pauseMs) => askOnce(socket, { question, pauseMs, server, port: config.dnsPort }),
    [Symbol.dispose]: () => socket.close(),
  }
}

interface Question {
  readonly question: Buffer
  readonly pauseMs: number
  readonly server: string
  readonly port: number
}

async function askOnce(socket: Socket, { question, pauseMs, server, port }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const hear = (answer: Buffer) => {
      if (isKnown(answer)) finish(true)
    }
    const finish = (isAnswered: boolean) => {
      clearTimeout(timer)
      socket.off('message', hear)
      resolve(isAnswered)
    }
    const timer = setTimeout(() => finish(false), pauseMs)
    socket.on('message', hear)
    socket.send(question, port, server)
  })
}
