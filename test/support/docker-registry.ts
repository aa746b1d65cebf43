// The real registry, Debian's docker-registry, on a port of loopback; stopped when the resource is disposed.

import { execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RealRegistry extends AsyncDisposable {
  /** `localhost:PORT`, or that of the host that was asked for */
  readonly address: string
  /** What it has answered so far, each as `METHOD /path`. */
  requests(): string[]
}

export interface RegistryDemands {
  /** Basic authentication as this user. */
  readonly user?: { readonly name: string; readonly password: string }
  /** Paths of PEM files: it speaks HTTPS. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientAuthority?: string }
  /** An address of this machine in place of loopback's. */
  readonly host?: string
}

export async function startDockerRegistry(demands: RegistryDemands = {}): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-registry-'))
  const host = demands.host ?? '127.0.0.1'
  const port = await freePort(host)
  mkdirSync(join(folder, 'data'))
  const config = join(folder, 'config.yml')
  writeFileSync(config, JSON.stringify(configuration(folder, `${host}:${port}`, demands)))
  const log = join(folder, 'access.log')
  const output = openSync(log, 'a')
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', output, 'ignore'] })
  closeSync(output)
  const ended = new Promise((done) => child.once('close', done))
  while (!(await answers(host, port))) await sleep(50)
  return {
    address: `${demands.host ?? 'localhost'}:${port}`,
    requests: () =>
      Array.from(readFileSync(log, 'utf8').matchAll(/"([A-Z]+ \/\S*) HTTP/g), ([, request = '']) => request),
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

/** YAML is JSON, too. */
function configuration(folder: string, address: string, { user, tls }: RegistryDemands) {
  return {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: address, ...(tls === undefined ? {} : { tls: tlsSection(tls) }) },
    ...(user === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: passwordFile(folder, user) } } }),
  }
}

function tlsSection({ clientAuthority, ...own }: NonNullable<RegistryDemands['tls']>) {
  return clientAuthority === undefined ? own : { ...own, clientcas: [clientAuthority] }
}

function passwordFile(folder: string, user: { name: string; password: string }): string {
  const path = join(folder, 'htpasswd')
  writeFileSync(path, execFileSync('htpasswd', ['-Bbn', user.name, user.password]))
  return path
}

export async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, host, done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export async function answers(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, host, () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
