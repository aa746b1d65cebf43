// `node test/judge/kube-cluster.ts KUBE_APISERVER MANIFEST…`: does a real Kubernetes take what `kube generate` writes, by way of `kube apply`? The
// first word is the program kube-apiserver (Debian's source package kubernetes builds it: make WHAT=cmd/kube-apiserver); etcd is Debian's
// etcd-server. Each manifest is applied twice, so that what is there is changed too, in a namespace of its own; nothing is scheduled, for there is
// no node. Prints what the API server refuses.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const [program, ...manifests] = process.argv.slice(2)
if (program === undefined) throw new Error('usage: node test/judge/kube-cluster.ts KUBE_APISERVER MANIFEST…')

const gantry = resolve(import.meta.dirname, '..', '..', 'bin', 'gantry')
const token = 'judge'

interface Cluster {
  readonly url: string
  readonly authority: Buffer
  readonly kubeconfig: string
}

const folder = mkdtempSync(join(tmpdir(), 'gantry-cluster-'))
const running: ChildProcess[] = []
try {
  const cluster = await startCluster(resolve(program))
  let refused = 0
  for (const [index, manifest] of manifests.entries()) refused += (await judge(cluster, `n${index}`, manifest)) ? 0 : 1
  console.log(`${manifests.length} manifests, ${refused} refused`)
  process.exitCode = refused === 0 ? 0 : 1
} finally {
  for (const one of running.toReversed()) one.kill()
  await sleep(500)
  rmSync(folder, { recursive: true, force: true })
}

async function judge({ kubeconfig, ...cluster }: Cluster, namespace: string, manifest: string): Promise<boolean> {
  await send(cluster, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  for (const time of ['first', 'second']) {
    const words = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), 'kube', 'apply']
    const flags = ['--kubeconfig', kubeconfig, '--ns', namespace, '--file', manifest]
    try {
      execFileSync(gantry, [...words, ...flags], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    } catch (error) {
      console.log(`${manifest}, ${time} time: ${(error as { stderr: string }).stderr.trim()}`)
      return false
    }
  }
  return true
}

async function startCluster(apiServer: string): Promise<Cluster> {
  const [client, peer, port] = await Promise.all([freePort(), freePort(), freePort()])
  const etcd = `http://127.0.0.1:${client}`
  const peers = `http://127.0.0.1:${peer}`
  const [cert, key, tokens] = ['tls.crt', 'tls.key', 'tokens'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const subject = ['-subj', '/CN=cluster', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '3']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  writeFileSync(tokens, `${token},judge,judge,system:masters\n`)
  start('etcd', [
    ...['--data-dir', join(folder, 'etcd'), '--listen-client-urls', etcd, '--advertise-client-urls', etcd],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`],
  ])
  start(apiServer, [
    ...[`--etcd-servers=${etcd}`, `--secure-port=${port}`, '--bind-address=127.0.0.1', `--tls-cert-file=${cert}`],
    ...[`--tls-private-key-file=${key}`, `--token-auth-file=${tokens}`, '--service-cluster-ip-range=10.0.0.0/24'],
    ...[`--service-account-key-file=${cert}`, `--service-account-signing-key-file=${key}`],
    ...[
      '--service-account-issuer=https://127.0.0.1',
      '--disable-admission-plugins=ServiceAccount',
      '--allow-privileged=true',
    ],
  ])
  const cluster = {
    url: `https://127.0.0.1:${port}`,
    authority: readFileSync(cert),
    kubeconfig: join(folder, 'config'),
  }
  writeFileSync(cluster.kubeconfig, kubeconfigOf(cluster))
  await readiness(cluster)
  return cluster
}

function kubeconfigOf({ url, authority }: Cluster): string {
  return JSON.stringify({
    'current-context': 'judge',
    contexts: [{ name: 'judge', context: { cluster: 'judge', user: 'judge' } }],
    clusters: [{ name: 'judge', cluster: { server: url, 'certificate-authority-data': authority.toString('base64') } }],
    users: [{ name: 'judge', user: { token } }],
  })
}

function start(name: string, args: readonly string[]): void {
  const log = openSync(join(folder, `${name.split('/').at(-1)}.log`), 'w')
  running.push(spawn(name, args, { stdio: ['ignore', log, log] }))
}

async function readiness(cluster: Cluster): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (running.some(({ exitCode }) => exitCode !== null)) break
    if ((await send(cluster, 'GET', '/api/v1/namespaces/default').catch(() => 0)) === 200) return
    await sleep(1000)
  }
  throw new Error(
    `the API server does not get ready: ${readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').slice(-2000)}`,
  )
}

async function send(
  { url, authority }: Pick<Cluster, 'url' | 'authority'>,
  method: string,
  path: string,
  body?: object,
): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return new Promise((done, fail) => {
    const asked = request(`${url}${path}`, { method, headers, agent: new Agent({ ca: authority }) }, (response) => {
      response.resume().on('end', () => done(response.statusCode ?? 0))
    })
    asked.on('error', fail).end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}
