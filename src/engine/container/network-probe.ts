// Probes over the container's network: a connection is opened there, and what is asked over it is asked from here. Statuses are those that
// the kubelet takes for a success.

import { closeSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { errorMessage } from '../../base/errors.ts'
import { connectInNetwork } from '../../os/network-namespace.ts'
import type { NetworkProbe } from '../../spec/network-probe.ts'
import type { ProbeResult } from './probe-process.ts'

export interface ProbeRun {
  /** In whose network. */
  readonly pid: number
  readonly timeoutMs: number
}

type Answer = Pick<ProbeResult, 'isSuccess' | 'output'>

/** Never throws for what the program there does. */
export async function runNetworkProbe(probe: NetworkProbe, { pid, timeoutMs }: ProbeRun): Promise<ProbeResult> {
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const fd = connect(pid, probe, timeoutMs)
    return { ...(await ask(probe, fd, limit)), isTimedOut: false }
  } catch (error) {
    const isTimedOut = limit.aborted || (error as { code?: unknown }).code === 'EINPROGRESS'
    return { isSuccess: false, isTimedOut, output: isTimedOut ? 'no answer in time' : errorMessage(error) }
  }
}

/** A program may listen at one of the two loopback addresses alone. */
function connect(pid: number, { host = 'localhost', port }: NetworkProbe, timeoutMs: number): number {
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r')
  const to = (address: string) => connectInNetwork({ namespace, address, port, timeoutMs: Math.ceil(timeoutMs) })
  try {
    if (host !== 'localhost') return to(host)
    try {
      return to('127.0.0.1')
    } catch (error) {
      return orElse(() => to('::1'), error)
    }
  } finally {
    closeSync(namespace)
  }
}

/** The first failure says more. */
function orElse<T>(act: () => T, first: unknown): T {
  try {
    return act()
  } catch {
    throw first
  }
}

async function ask(probe: NetworkProbe, fd: number, limit: AbortSignal): Promise<Answer> {
  if (probe.kind === 'tcp') {
    closeSync(fd)
    return { isSuccess: true, output: '' }
  }
  const net = await import('node:net')
  const socket = new net.Socket({ fd, readable: true, writable: true })
  try {
    if (probe.kind === 'grpc') {
      const { askGrpcHealth } = await import('./grpc-health.ts')
      return await askGrpcHealth(socket, probe, limit)
    }
    return await askHttp(socket, probe, limit)
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
  const stream =
    probe.scheme === 'https' ? (await import('node:tls')).connect({ socket, rejectUnauthorized: false }) : socket
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
