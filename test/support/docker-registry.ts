// The real registry, Debian's docker-registry, on a port of loopback; stopped when the resource is disposed.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RealRegistry extends AsyncDisposable {
  /** `localhost:PORT` */
  readonly address: string
}

export async function startDockerRegistry(): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-registry-'))
  const port = await freePort()
  mkdirSync(join(folder, 'data'))
  const config = join(folder, 'config.yml')
  writeFileSync(
    config,
    `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${folder}/data\nhttp:\n  addr: 127.0.0.1:${port}\n`,
  )
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' })
  const ended = new Promise((done) => child.once('close', done))
  while (!(await answers(port))) await sleep(50)
  return {
    address: `localhost:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
