// grpc.health.v1.Health/Check over a connection that is open: one HTTP/2 request without TLS. The two messages are so small that they are
// written and read here: a text in field 1, a number in field 1.

import { connect } from 'node:http2'
import type { Socket } from 'node:net'

/** https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
const servingStatus = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const
const mostAnswerBytes = 64 * 1024

export interface GrpcHealth {
  readonly isSuccess: boolean
  readonly output: string
}

/** @throws Error for what is no answer of a gRPC server; AbortError */
export async function askGrpcHealth(
  socket: Socket,
  { port, service }: { readonly port: number; readonly service: string },
  signal: AbortSignal,
): Promise<GrpcHealth> {
  const session = connect(`http://localhost:${port}`, { createConnection: () => socket })
  const { promise, resolve, reject } = Promise.withResolvers<GrpcHealth>()
  session.on('error', reject)
  const stream = session.request(
    {
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'kube-probe/gantry',
    },
    { signal },
  )
  const status = { code: undefined as string | undefined, message: '' }
  const note = (headers: Readonly<Record<string, unknown>>) => {
    if (headers['grpc-status'] !== undefined) status.code = String(headers['grpc-status'])
    if (headers['grpc-message'] !== undefined) status.message = String(headers['grpc-message'])
  }
  const chunks: Buffer[] = []
  stream.on('response', note)
  stream.on('trailers', note)
  stream.on('data', (chunk: Buffer) => {
    if (chunks.reduce((sum, { length }) => sum + length, chunk.length) > mostAnswerBytes) stream.close()
    else chunks.push(chunk)
  })
  stream.on('error', reject)
  stream.on('close', () => resolve(readAnswer(Buffer.concat(chunks), status)))
  stream.end(frame(requestOf(service)))
  try {
    return await promise
  } finally {
    session.destroy()
  }
}

function requestOf(service: string): Buffer {
  const name = Buffer.from(service)
  return name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name])
}

function varint(number: number): number[] {
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...varint(number >>> 7)]
}

/** Not compressed; its length in four bytes. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

function readAnswer(
  body: Buffer,
  { code, message }: { readonly code: string | undefined; readonly message: string },
): GrpcHealth {
  if (code !== '0') {
    const why = code === undefined ? 'no gRPC status' : `gRPC status ${code}`
    return { isSuccess: false, output: message === '' ? why : `${why}: ${decodeURIComponentSafely(message)}` }
  }
  const status = servingStatusOf(body)
  return { isSuccess: status === 1, output: servingStatus[status] ?? `status ${status}` }
}

/** An empty message has the status 0. */
function servingStatusOf(body: Buffer): number {
  if (body.length < 5 || body[0] !== 0) return 0
  const message = body.subarray(5, 5 + body.readUInt32BE(1))
  return message[0] === 0x08 ? (message[1] ?? 0) : 0
}

/** gRPC escapes its messages so; what is not escaped well stays as it is. */
function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
