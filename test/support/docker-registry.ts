// The real registry, Debian's docker-registry, on a port of loopback; stopped when the resource is disposed.

import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RealRegistry extends AsyncDisposable {
  /** `localhost:PORT` */
  readonly address: string
}

export interface RegistryDemands {
  /** Basic authentication as this user. */
  readonly user?: { readonly name: string; readonly password: string }
  /** Paths of PEM files: it speaks HTTPS. */
  readonly tls?: { readonly certificate: string; readonly key: string }
}

export async function startDockerRegistry(demands: RegistryDemands = {}): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-registry-'))
  const port = await freePort()
  mkdirSync(join(folder, 'data'))
  const config = join(folder, 'config.yml')
  writeFileSync(config, JSON.stringify(configuration(folder, port, demands)))
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

/** YAML is JSON, too. */
function configuration(folder: string, port: number, { user, tls }: RegistryDemands) {
  return {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}`, ...(tls === undefined ? {} : { tls }) },
    ...(user === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: passwordFile(folder, user) } } }),
  }
}

function passwordFile(folder: string, user: { name: string; password: string }): string {
  const path = join(folder, 'htpasswd')
  writeFileSync(path, execFileSync('htpasswd', ['-Bbn', user.name, user.password]))
  return path
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
