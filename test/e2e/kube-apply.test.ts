// kube apply against an API server of the test's own: what reaches it, by whom, and what is said of its answers.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { documents, manifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay', 'openssl')
const shared = busyboxBox()

interface Seen {
  readonly request: string
  readonly authorization: string | undefined
  /** Of the client's certificate. */
  readonly client: string
  readonly body: Record<string, unknown>
}

interface Cluster extends AsyncDisposable {
  readonly url: string
  readonly seen: Seen[]
}

/** Knows an object called `old`; refuses one called `bad`. */
async function openCluster(folder: string): Promise<Cluster> {
  const seen: Seen[] = []
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(join(folder, name)))
  const server = createServer(
    { cert, key, ca: cert, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '' } = request
        if (method === 'GET') {
          seen.push({ request: `GET ${url}`, authorization: request.headers.authorization, client: '', body: {} })
          response.statusCode = url.endsWith('/old') ? 200 : 404
          return response.end('{}')
        }
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { metadata: { name: string } }
        const { authorization } = request.headers
        const subject = (request.socket as TLSSocket).getPeerCertificate().subject as { CN?: string } | undefined
        seen.push({
          request: `${method} ${url}`,
          authorization,
          client: subject?.CN ?? '',
          body: { ...body },
        })
        const { name } = body.metadata
        const isNews = name !== 'old' || method === 'PATCH'
        response.statusCode = name === 'bad' ? 422 : isNews ? 201 : 409
        return response.end(JSON.stringify({ kind: 'Status', message: `${name} is so` }))
      })
    },
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function makeCertificate(folder: string): void {
  const names = ['-subj', '/CN=someone', '-addext', 'subjectAltName=IP:127.0.0.1']
  const words = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '3',
    ...names,
    '-keyout',
    'tls.key',
    '-out',
    'tls.crt',
  ]
  execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
}

test('kube apply sends each object to its place, as who the kubeconfig says, and changes what is there', async () => {
  const { box } = shared
  makeCertificate(box.folder)
  await using cluster = await openCluster(box.folder)
  const kubeconfig = join(box.folder, 'kubeconfig')
  const user = { token: 'sesame', 'client-certificate': 'tls.crt', 'client-key': 'tls.key' }
  const config = {
    'current-context': 'here',
    contexts: [
      { name: 'there', context: { cluster: 'far', user: 'nobody' } },
      { name: 'here', context: { cluster: 'near', user: 'me', namespace: 'own' } },
    ],
    clusters: [
      { name: 'far', cluster: { server: 'https://127.0.0.1:1' } },
      { name: 'near', cluster: { server: cluster.url, 'certificate-authority': 'tls.crt' } },
    ],
    users: [{ name: 'me', user }],
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  const apply = async (words: string[], stdin = '') =>
    box.try(['kube', 'apply', '--kubeconfig', kubeconfig, ...words], { stdin })
  await box.ok(['volume', 'create', 'data'])
  await box.ok(['create', '--name', 'c', '--network', 'bridge', '-p', '18099:80', busybox, 'true'])
  const sent = await apply(['--service', '--ns', 'project', 'data', 'c'])
  expect(sent).toMatchObject({
    code: 0,
    stdout: 'Deploying to cluster...\nSuccessfully deployed workloads to cluster!\n',
  })
  const folder = '/api/v1/namespaces/project'
  expect(cluster.seen.map(({ request }) => request)).toEqual([
    `GET ${folder}/persistentvolumeclaims/data`,
    `POST ${folder}/persistentvolumeclaims`,
    `GET ${folder}/services/c-pod`,
    `POST ${folder}/services`,
    `GET ${folder}/pods/c-pod`,
    `POST ${folder}/pods`,
  ])
  expect(cluster.seen[5]).toMatchObject({
    ...{ authorization: 'Bearer sesame', client: 'someone' },
    body: { kind: 'Pod', metadata: { name: 'c-pod' }, spec: { containers: [{ name: 'c', image: busybox }] } },
  })
  const old = manifest('Deployment', { metadata: { name: 'old' }, spec: {} })
  expect((await apply(['--file', '-'], old)).code).toBe(0)
  expect(cluster.seen.slice(6).map(({ request }) => request)).toEqual([
    'GET /apis/apps/v1/namespaces/own/deployments/old',
    'PATCH /apis/apps/v1/namespaces/own/deployments/old?fieldManager=gantry&force=true',
  ])
  const bad = await apply(['-f', '-'], manifest('Pod', { metadata: { name: 'bad' } }))
  expect(bad).toMatchObject({ code: 125, stderr: 'Error: the cluster refuses it with 422: bad is so\n' })
  const count = cluster.seen.length
  const odd = await apply(['-f', '-'], documents(old, manifest('Ingress', { metadata: { name: 'i' } })))
  expect(odd.stderr).toContain('unsupported Kubernetes kind found: "Ingress"')
  writeFileSync(
    kubeconfig,
    JSON.stringify({ ...config, clusters: [{ name: 'near', cluster: { server: cluster.url } }] }),
  )
  const strange = await apply(['-f', '-'], old)
  expect(strange.stderr).toMatch(
    /^Error: cannot reach the cluster at .*: x509: certificate signed by unknown authority\n.*kubeconfig/,
  )
  expect(cluster.seen).toHaveLength(count)
  expect((await apply(['--ca-cert-file', 'insecure', '-f', '-'], old)).code).toBe(0)
  const nobody = await box.try(['kube', 'apply', '-f', '-'], { stdin: old })
  expect(nobody.stderr).toContain('kubeconfig not given, unable to connect to cluster')
  await box.ok(['volume', 'rm', 'data'])
})
