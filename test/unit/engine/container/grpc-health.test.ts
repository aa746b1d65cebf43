// askGrpcHealth against an HTTP/2 server that speaks grpc.health.v1 as its specification has it.

import { once } from 'node:events'
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { askGrpcHealth } from '../../../../src/engine/container/grpc-health.ts'

let server: Http2Server | undefined
afterEach(() => {
  server?.close()
  server = undefined
})

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void

async function ask(serve: Serve, service = '', patienceMs = 5000) {
  server = createServer()
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('error', () => undefined)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => serve(stream, headers, Buffer.concat(chunks)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return askGrpcHealth(socket, { port, service }, AbortSignal.timeout(patienceMs))
}

/** A message with its frame, then the status in trailers. */
function answer(message: readonly number[], code = '0'): Serve {
  return (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': code }))
    stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]))
  }
}

test.each([
  [[0x08, 1], { isSuccess: true, output: 'SERVING' }],
  [[0x08, 2], { isSuccess: false, output: 'NOT_SERVING' }],
  [[], { isSuccess: false, output: 'UNKNOWN' }],
])('a status of %j', async (message, wanted) => {
  expect(await ask(answer(message))).toEqual(wanted)
})

test('the request is a unary call that names the service', async () => {
  const service = 'shop.v1.Cart'.repeat(20)
  let seen: { path: unknown; type: unknown; te: unknown; body: Buffer } | undefined
  await ask((stream, headers, body) => {
    seen = { path: headers[':path'], type: headers['content-type'], te: headers['te'], body }
    answer([0x08, 1])(stream, headers, body)
  }, service)
  expect(seen).toMatchObject({ path: '/grpc.health.v1.Health/Check', type: 'application/grpc', te: 'trailers' })
  const { length } = service
  const message = Buffer.concat([Buffer.from([0x0a, (length & 0x7f) | 0x80, length >> 7]), Buffer.from(service)])
  expect(seen?.body).toEqual(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]))
})

test('an error without a message, an answer that is none, and no answer', async () => {
  const unimplemented: Serve = (stream) => {
    stream.respond({ ':status': 200, 'grpc-status': '12', 'grpc-message': 'no%20such' }, { endStream: true })
  }
  expect(await ask(unimplemented)).toEqual({ isSuccess: false, output: 'gRPC status 12: no such' })
  const page: Serve = (stream) => {
    stream.respond({ ':status': 404 })
    stream.end('nothing here')
  }
  expect(await ask(page)).toEqual({ isSuccess: false, output: 'no gRPC status' })
  await expect(ask(() => undefined, '', 200)).rejects.toThrow(/abort|timeout/i)
})
