// docker-daemon: as a place to copy from and to. The daemon is the test's: an HTTP server with the two calls that matter, on a socket.

import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'skopeo')
const quick = { isChecked: false }

interface Daemon extends AsyncDisposable {
  readonly host: string
  /** What was loaded last. */
  readonly loaded: string
  /** Answers loads in the daemon's place. */
  refuse: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
}

/** It has busybox under every name but `nosuch`. */
async function startDaemon(): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-daemon-'))
  const loaded = join(folder, 'loaded.tar')
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://docker')
    if (request.method === 'GET' && url.pathname === '/images/get') {
      if (!url.searchParams.get('names')?.includes('nosuch'))
        return void createReadStream(busyboxArchive()).pipe(response)
      response.writeHead(404).end('{"message":"reference does not exist"}')
    } else if (request.method === 'POST' && url.pathname === '/images/load') {
      if (daemon.refuse !== undefined) return daemon.refuse(request, response)
      void pipeline(request, createWriteStream(loaded)).then(() => response.end('{"stream":"Loaded image"}\r\n'))
    } else response.writeHead(400).end()
  })
  const socket = join(folder, 'docker.sock')
  await new Promise<void>((done) => server.listen(socket, done))
  const daemon: Daemon = {
    host: `unix://${socket}`,
    loaded,
    refuse: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      rmSync(folder, { recursive: true })
    },
  }
  return daemon
}

rootTest('an image goes to the daemon and comes from it with its id', async () => {
  await using box = openBox()
  await using daemon = await startDaemon()
  const from = ['--src-daemon-host', daemon.host]
  const to = ['--dest-daemon-host', daemon.host]
  await box.ok(['copy', '-q', ...from, `docker-daemon:${busyboxName}`, 'localhost/came'])
  const layout = `oci:${join(box.folder, 'oci')}:x`
  await box.ok(['copy', '-q', 'localhost/came', layout], quick)
  await box.ok(['copy', '-q', ...to, layout, 'docker-daemon:x/y:1'], quick)
  const raw = execFileSync('skopeo', ['inspect', '--raw', `docker-archive:${daemon.loaded}:x/y:1`], {
    encoding: 'utf8',
  })
  expect(`sha256:${await box.ok(['images', '-q', '--no-trunc'], quick)}`).toContain(JSON.parse(raw).config.digest)
  const document = await box.ok(['inspect', '--daemon-host', daemon.host, 'docker-daemon:a/b:c'], quick)
  expect(JSON.parse(document)).toMatchObject({ Name: 'docker.io/a/b', Layers: [JSON.parse(raw).layers[0].digest] })
})

rootTest('what goes wrong there is one clear line, and nothing is left of it', async () => {
  await using box = openBox()
  await using daemon = await startDaemon()
  const archive = `docker-archive:${busyboxArchive()}`
  const load = ['copy', '-q', '--dest-daemon-host', daemon.host, archive, 'docker-daemon:x/y:1']
  const get = (host: string, name: string) => ['copy', '-q', '--src-daemon-host', host, `docker-daemon:${name}`, 'x']
  const fails = async (args: string[], reason: RegExp) =>
    expect(await box.try(args, quick)).toMatchObject({ code: 125, stderr: expect.stringMatching(reason) })
  await fails(get(daemon.host, 'nosuch:1'), /answered 404: reference does not exist/)
  await fails(get('unix:///nosuch', 'a:1'), /cannot talk to the docker daemon at unix:\/\/\/nosuch/)
  await fails(get('https://host', 'a:1'), /'https:\/\/host' cannot be reached/)
  await fails(['copy', '-q', archive, `docker-daemon:sha256:${'0'.repeat(64)}`], /under a name and a tag/)
  daemon.refuse = (request, response) =>
    void request.resume().on('end', () => response.end('{"errorDetail":{"message":"no space"},"error":"no space"}'))
  await fails(load, /answered 200: no space/)
  daemon.refuse = (request) => void request.once('data', () => request.socket.destroy())
  await fails(load, /^Error: cannot talk to the docker daemon at unix:.*(EPIPE|ECONNRESET|hang up)/)
  expect(await box.findings()).toEqual([])
})
