// A docker daemon's images, over the two calls of its API that give and take docker-archives: /images/get and /images/load.

import type { ClientRequest, IncomingMessage } from 'node:http'
import { EngineError, errnoOf, errorMessage } from '../base/errors.ts'
import { trace } from '../base/log.ts'
import { answerOf, type LocalRequest, type LocalServer, openRequest, readText } from '../os/local-http.ts'
import type { Layout } from '../state/layout.ts'
import type { ArchiveFiles } from './archive-files.ts'
import { type ArchiveSink, tarSink } from './archive-sink.ts'
import { dockerArchiveTarget } from './docker-archive-target.ts'
import type { ImageTarget } from './image-target.ts'
import { openArchiveStream } from './open-archive.ts'

export interface Daemon {
  /** `unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375` */
  readonly host: string
  readonly signal: AbortSignal
}

export const defaultDaemonHost = 'unix:///var/run/docker.sock'
const maxAnswerBytes = 1 << 20

/** A docker-archive with that image alone. `name` is a reference or an id. @throws not-found `image-unknown`; unavailable `docker-daemon-failed` */
export async function openDaemonImage(at: Layout, daemon: Daemon, name: string): Promise<ArchiveFiles> {
  const call = start(daemon, { method: 'GET', path: `/images/get?names=${encodeURIComponent(name)}` })
  call.end()
  const response = await answerFrom(daemon, call)
  if (response.statusCode === 200)
    return openArchiveStream(at, { stream: response, label: `docker-daemon:${name}` }, daemon.signal)
  throw refused(daemon, response.statusCode, await textOf(response))
}

/** The daemon has the image when `finish` has ended well; a request that breaks off leaves nothing there. `name` is a full reference. */
export function daemonTarget(daemon: Daemon, name: string): ImageTarget {
  const call = start(daemon, {
    method: 'POST',
    path: '/images/load?quiet=1',
    headers: { 'content-type': 'application/x-tar' },
  })
  const answer = answerFrom(daemon, call)
  // Told of where it is waited for, or by the write that fails.
  answer.catch(() => undefined)
  const archive = dockerArchiveTarget({ label: `docker-daemon:${name}`, sink: tellingSink(daemon, call, answer) }, [
    name,
  ])
  return {
    ...archive,
    finish: async () => {
      await archive.finish()
      call.end()
      const response = await answer
      const text = await textOf(response)
      const said = errorIn(text)
      if (response.statusCode !== 200 || said !== undefined) throw refused(daemon, response.statusCode, said ?? text)
    },
    [Symbol.asyncDispose]: async () => {
      call.destroy()
    },
  }
}

/** A daemon that hangs up may have answered before: then that is the reason. */
function tellingSink(daemon: Daemon, call: ClientRequest, answer: Promise<IncomingMessage>): ArchiveSink {
  const sink = tarSink(call)
  const told = async (writing: Promise<void>) => {
    try {
      await writing
    } catch (error) {
      if (!['EPIPE', 'ECONNRESET'].includes(errnoOf(error) ?? '')) throw error
      const response = await answer
      throw refused(daemon, response.statusCode, await textOf(response))
    }
  }
  return {
    add: async (file) => told(sink.add(file)),
    addFolder: async (name) => told(sink.addFolder(name)),
    addLink: async (name, target) => told(sink.addLink(name, target)),
    finish: async () => told(sink.finish()),
  }
}

function start({ host, signal }: Daemon, what: LocalRequest): ClientRequest {
  trace('http', `${what.method} ${host}${what.path}`)
  return openRequest({ at: addressOf(host), signal }, what)
}

/** @throws unsupported `docker-daemon-host` */
function addressOf(host: string): LocalServer['at'] {
  const [, socketPath] = /^unix:\/\/(\/.+)$/.exec(host) ?? []
  if (socketPath !== undefined) return { socketPath }
  const url = URL.parse(host.replace(/^tcp:/, 'http:'))
  if (url?.protocol === 'http:') return { host: url.hostname, port: url.port || 2375 }
  throw new EngineError({
    kind: 'unsupported',
    code: 'docker-daemon-host',
    message: `a docker daemon at '${host.slice(0, 300)}' cannot be reached: unix://PATH and tcp://HOST:PORT (without TLS) can`,
    hint: 'Through ssh: ssh -NL ./docker.sock:/var/run/docker.sock HOST, then unix://$PWD/docker.sock',
  })
}

async function answerFrom(daemon: Daemon, call: ClientRequest): Promise<IncomingMessage> {
  try {
    return await answerOf(call)
  } catch (error) {
    daemon.signal.throwIfAborted()
    throw new EngineError({
      kind: 'unavailable',
      code: 'docker-daemon-failed',
      message: `cannot talk to the docker daemon at ${daemon.host}: ${errorMessage(error)}`,
      hint: 'Is it running? Name another one with --src-daemon-host, --dest-daemon-host or --daemon-host.',
      cause: error,
    })
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  return readText(response, { maxBytes: maxAnswerBytes, isCut: true })
}

/** The answer is one JSON document a line; a failure that comes late is one of them. */
function errorIn(text: string): string | undefined {
  return /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
}

function refused({ host }: Daemon, status: number | undefined, text: string): EngineError {
  const reason = (/"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text).replace(/[^\x20-\x7e]/g, ' ').trim()
  const isMissing = status === 404
  return new EngineError({
    kind: isMissing ? 'not-found' : 'unavailable',
    code: isMissing ? 'image-unknown' : 'docker-daemon-failed',
    message: `the docker daemon at ${host} answered ${status}: ${reason.slice(0, 500)}`,
  })
}
