// Probes over the network: a connection is opened in the container's, or to the host that is named; what is asked over it is asked from here.
// Statuses are those that the kubelet takes for a success.

import { closeSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { errorMessage } from '../../base/errors.ts'
import { connectInNetwork } from '../../os/network-namespace.ts'
import type { NetworkProbe } from '../../spec/network-probe.ts'
import type { ProbeResult } from './probe-process.ts'

export interface ProbeRun {
  /** In whose network, where no host is named. */
  readonly pid: number
  readonly timeoutMs: number
}

type Answer = Pick<ProbeResult, 'isSuccess' | 'output'>

/** Never throws for what the program there does. */
export async function runNetworkProbe(probe: NetworkProbe, { pid, timeoutMs }: ProbeRun): Promise<ProbeResult> {
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const socket =
      probe.host === undefined
        ? await connectInside(pid, probe.port, timeoutMs)
        : await connectFromHost(probe.host, probe.port, limit)
    return { ...(await ask(probe, socket, limit)), isTimedOut: false }
  } catch (error) {
    const isTimedOut = limit.aborted || (error as { code?: unknown }).code === 'EINPROGRESS'
    return { isSuccess: false, isTimedOut, output: isTimedOut ? 'no answer in time' : errorMessage(error) }
  }
}

/** A program may listen at one of the two loopback addresses alone. */
async function connectInside(pid: number, port: number, timeoutMs: number): Promise<Socket> {
  const net = await import('node:net')
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r')
  const to = (address: string) => connectInNetwork({ namespace, address, port, timeoutMs: Math.ceil(timeoutMs) })
  try {
    return new net.Socket({ fd: ipv4First(to), readable: true, writable: true })
  } finally {
    closeSync(namespace)
  }
}

function ipv4First(to: (address: string) => number): number {
  try {
    return to('127.0.0.1')
  } catch (error) {
    return orElse(() => to('::1'), error)
  }
}

/** Where the kubelet would be. */
async function connectFromHost(host: string, port: number, limit: AbortSignal): Promise<Socket> {
  const { connect } = await import('node:net')
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket: Socket = connect({ host, port }, () => resolve(socket))
  socket.on('error', reject)
  limit.addEventListener('abort', () => socket.destroy(new Error('no answer in time')), { once: true })
  return promise
}

/** The first failure says more. */
function orElse<T>(act: () => T, first: unknown): T {
  try {
    return act()
  } catch {
    throw first
  }
}

async function ask(probe: NetworkProbe, socket: Socket, limit: AbortSignal): Promise<Answer> {
  try {
    if (probe.kind === 'tcp') return { isSuccess: true, output: '' }
    if (probe.kind === 'http') return await askHttp(socket, probe, limit)
    const { askGrpcHealth } = await import('./grpc-health.ts')
    return await askGrpcHealth(socket, probe, limit)
  } finally {
    socket.destroy()
  }
}

/** As with the kubelet, nobody vouches for a certificate, and a redirection is an answer. */
async function askHttp(
  socket: Socket,
  probe: Extract<NetworkProbe, { kind: 'http' }>,
  limit: AbortSignal,
): Promise<Answer> {
  const { host = 'localhost', port, path } = probe
  const { request } = await import('node:http')
  const stream = probe.scheme === 'https' ? await overTls(socket, probe.host) : socket
  const named = new Map(probe.headers.map(([name, value]) => [name.toLowerCase(), value]))
  const headers = {
    host: `${host}:${port}`,
    'user-agent': 'kube-probe/gantry',
    accept: '*/*',
    ...Object.fromEntries(named),
  }
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const asked = request({ createConnection: () => stream, path, headers, signal: limit }, (response) => {
    const status = response.statusCode ?? 0
    response.destroy()
    resolve({ isSuccess: status >= 200 && status < 400, output: `HTTP status ${status}` })
  })
  stream.on('error', reject)
  asked.on('error', reject)
  asked.end()
  return promise
}

/** Only names are told. */
async function overTls(socket: Socket, host: string | undefined): Promise<Socket> {
  const [{ connect }, { isIP }] = await Promise.all([import('node:tls'), import('node:net')])
  const name = host === undefined || isIP(host) !== 0 ? {} : { servername: host }
  return connect({ socket, rejectUnauthorized: false, ...name })
}
