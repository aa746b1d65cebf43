// kube play beyond podman: what a pod knows of its own address, limits of the whole pod, restart policies of single containers, volumes
// that go with the pod.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { busyboxContainer as container, podManifest } from '../support/kube.ts'
import { openNetwork, type TestNetwork } from '../support/network.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay', 'openssl')
let network: TestNetwork
let box: Box

beforeAll(async () => {
  network = openNetwork()
  box = openBox({ network })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
})

afterAll(async () => {
  await box.ok(['pod', 'rm', '--all', '--force', '--time', '0'])
  await box[Symbol.asyncDispose]()
  network[Symbol.dispose]()
})

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })

test('status.podIP is the address of each start, in variables, in what is made of them, and for exec; generate writes it as such', async () => {
  const env = [field('IP', 'status.podIP'), field('NODE', 'status.hostIP'), { name: 'URL', value: 'http://$(IP):80' }]
  const script = 'echo $0 $IP $NODE $URL; ip -o -4 addr show eth0 | grep -o "inet [0-9.]*"; exec sleep 1000'
  const one = { ...container('c', script, { env }), args: ['at-$(IP)'] }
  const text = podManifest('p', { containers: [one] })
  await box.ok(['kube', 'play', '--strict', '-'], { stdin: text })
  const addressOf = async (pod: string) => {
    const infra = await box.ok(['pod', 'inspect', '--format', '{{.InfraContainerID}}', pod])
    return box.ok(['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', infra])
  }
  const check = async (pod: string, name = `${pod}-c`) => {
    const address = await addressOf(pod)
    expect(address).toMatch(/^10\./)
    const logs = (await box.ok(['logs', name])).split('\n').slice(-2)
    expect(logs).toEqual([`at-${address} ${address} ${network.hostAddress} http://${address}:80`, `inet ${address}`])
    expect(await box.ok(['exec', name, 'sh', '-c', 'echo $IP'])).toBe(address)
  }
  await check('p')
  const address = await addressOf('p')
  await box.ok(['pod', 'stop', 'p'])
  await box.ok([
    'run',
    '-d',
    '--network',
    `podman-default-kube-network:ip=${address}`,
    '--name',
    'squatter',
    'busybox',
    'sleep',
    '1000',
  ])
  await box.ok(['pod', 'start', 'p'])
  expect(await addressOf('p')).not.toBe(address)
  await check('p')
  await box.ok(['rm', '-f', '-t', '0', 'squatter'])

  const generated = await box.ok(['kube', 'generate', 'p'])
  expect(generated).toMatch(/fieldPath: status\.podIP/)
  expect(generated).toContain('value: http://$(IP):80')
  await box.ok(['kube', 'play', '--replace', '--strict', '-'], { stdin: generated })
  await check('p', 'p-c')
  await box.ok(['kube', 'down', '-'], { stdin: text })
  const files = { name: 'v', downwardAPI: { items: [{ path: 'ip', fieldRef: { fieldPath: 'status.podIP' } }] } }
  const mounted = container('c', 'true', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })
  const refused = await box.try(['kube', 'play', '-'], {
    stdin: podManifest('p', { containers: [mounted], volumes: [files] }),
  })
  expect(refused.stderr).toContain('addresses can be had as variables, not in files')
})

test('limits of the whole pod, restart policies of single containers, modes of empty folders, claims that go with the pod', async () => {
  const volumes = [
    { name: 'open', emptyDir: { mode: 0o1777 } },
    { name: 'own', emptyDir: { medium: 'Memory', mode: 0o750 } },
    { name: 'claim', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } },
  ]
  const mounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }))
  const text = podManifest('p', {
    restartPolicy: 'Never',
    resources: { limits: { memory: '64Mi', cpu: '500m' }, requests: { cpu: '250m' } },
    containers: [
      container('again', 'echo x >> /claim/x; [ $(wc -l < /claim/x) = 3 ]', {
        restartPolicy: 'OnFailure',
        volumeMounts: mounts,
      }),
      container('looks', 'stat -c %a /open /own; exec sleep 1000', { volumeMounts: mounts }),
      container('once', 'exit 1'),
    ],
    volumes,
  })
  await box.ok(['kube', 'play', '--network', 'none', '--strict', '-'], { stdin: text })
  const limits = '{{.MemoryLimit}} {{.CPUQuota}} {{.CPUShares}}'
  expect(await box.ok(['pod', 'inspect', '--format', limits, 'p'])).toBe(`${64 << 20} 50000 256`)
  expect(await box.ok(['logs', 'p-looks'])).toBe('1777\n750')
  const again = async () => box.ok(['inspect', '--format', '{{.State.ExitCode}} {{.RestartCount}}', 'p-again'])
  await expect.poll(again, { timeout: 20_000 }).toBe('0 2')
  expect(await box.ok(['inspect', '--format', '{{.State.ExitCode}} {{.RestartCount}}', 'p-once'])).toBe('1 0')
  await box.ok(['kube', 'down', '-'], { stdin: text })
  expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
})

test('what stands behind a sidecar waits for its startupProbe, also in a pod that is started again; a sidecar that fails it is told of', async () => {
  const mounts = { volumeMounts: [{ name: 'v', mountPath: '/v' }] }
  const startupProbe = { exec: { command: ['test', '-e', '/v/ready'] }, periodSeconds: 1, failureThreshold: 30 }
  const script = 'rm -f /v/ready; sleep 1.5; echo yes > /v/ready; exec sleep 1000'
  const sidecar = container('side', script, { restartPolicy: 'Always', startupProbe, ...mounts })
  const text = podManifest('p', {
    initContainers: [sidecar, container('init', 'cat /v/ready', mounts)],
    containers: [container('main', 'cat /v/ready && exec sleep 1000', mounts)],
    volumes: [{ name: 'v', emptyDir: {} }],
  })
  await box.ok(['kube', 'play', '--network', 'none', '--strict', '-'], { stdin: text })
  expect(await box.ok(['logs', 'p-main'])).toBe('yes')
  await box.ok(['pod', 'stop', 'p'])
  await box.ok(['pod', 'start', 'p'])
  expect(await box.ok(['logs', 'p-main'])).toBe('yes\nyes')
  expect(await box.ok(['inspect', '--format', '{{.State.Status}}', 'p-main', 'p-side'])).toBe('running\nrunning')
  await box.ok(['kube', 'down', '-'], { stdin: text })

  const failing = {
    ...sidecar,
    command: ['sh', '-c', 'exec sleep 1000'],
    startupProbe: { ...startupProbe, failureThreshold: 1 },
  }
  const bad = podManifest('p', {
    initContainers: [failing],
    containers: [container('main', 'true', mounts)],
    volumes: [{ name: 'v', emptyDir: {} }],
  })
  const played = await box.try(['kube', 'play', '--network', 'none', '-'], { stdin: bad })
  expect(played).toMatchObject({ code: 125, stderr: expect.stringContaining('p-side ended before its startup check') })
  await box.ok(['kube', 'down', '-'], { stdin: bad })
})

test('readiness beside liveness, each at its own times: the one is shown, the other ends the container', async () => {
  const probe = (path: string, more: object) => ({ exec: { command: ['test', '-e', path] }, periodSeconds: 1, ...more })
  const text = podManifest('p', {
    restartPolicy: 'Always',
    containers: [
      container('c', 'touch /alive; exec sleep 1000', {
        livenessProbe: probe('/alive', { failureThreshold: 2 }),
        readinessProbe: probe('/ready', { failureThreshold: 1, successThreshold: 2 }),
      }),
    ],
  })
  await box.ok(['kube', 'play', '--network', 'none', '--strict', '-'], { stdin: text })
  const facts = '{{.State.Health.Status}} {{.State.Health.Ready}} {{.RestartCount}}'
  const state = async () => box.ok(['inspect', '--format', facts, 'p-c'], { isChecked: false })
  const status = async () => box.ok(['ps', '--format', '{{.Status}}', '--filter', 'name=p-c'], { isChecked: false })
  const patience = { timeout: 20_000, interval: 200 }
  await box.ok(['wait', '--condition', 'healthy', 'p-c'])
  expect(await state()).toBe('healthy false 0')
  expect(await status()).toMatch(/\(healthy, not ready\)$/)
  const ready = box.ok(['wait', '--condition', 'ready', 'p-c'], { isChecked: false })
  await box.ok(['exec', 'p-c', 'touch', '/ready'])
  await ready
  expect(await state()).toBe('healthy true 0')
  expect(await status()).toMatch(/\(healthy\)$/)
  await box.ok(['exec', 'p-c', 'rm', '/ready'])
  await expect.poll(state, patience).toBe('healthy false 0')
  await box.ok(['exec', 'p-c', 'touch', '/ready'])
  await expect.poll(state, patience).toBe('healthy true 0')
  await box.ok(['exec', 'p-c', 'rm', '/alive'])
  await expect.poll(state, patience).toMatch(/ 1$/)
  await box.ok(['kube', 'down', '-'], { stdin: text })
})

test('no probe is made before its initialDelaySeconds, and then each period', async () => {
  const probe = (delay: number) => ({ exec: { command: ['true'] }, periodSeconds: 1, initialDelaySeconds: delay })
  const text = podManifest('p', {
    containers: [
      container('alone', 'exec sleep 1000', { livenessProbe: probe(4) }),
      container('behind', 'exec sleep 1000', { startupProbe: probe(2), livenessProbe: probe(4) }),
    ],
  })
  await box.ok(['kube', 'play', '--network', 'none', '--strict', '-'], { stdin: text })
  for (const [name, delays] of [
    ['alone', [4, 5]],
    ['behind', [2, 4, 5]],
  ] as const) {
    const times = async () => {
      const { StartedAt, Health } = (await box.inspect(`p-${name}`)).State as {
        readonly StartedAt: string
        readonly Health: { readonly Log: readonly { readonly Start: string }[] | null }
      }
      return (Health.Log ?? []).map(({ Start }) => (Date.parse(Start) - Date.parse(StartedAt)) / 1000)
    }
    await expect.poll(async () => (await times()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(delays.length)
    const seen = await times()
    for (const [index, delay] of delays.entries()) expect(seen[index], name).toBeGreaterThanOrEqual(delay)
  }
  await box.ok(['kube', 'down', '-'], { stdin: text })
})

test('httpGet, tcpSocket and grpc ask over the container’s network, whatever programs its image has', async () => {
  const period = { periodSeconds: 1000, failureThreshold: 1 }
  const http = { httpGet: { path: '/page', port: 'web', httpHeaders: [{ name: 'X-Who', value: 'probe' }] }, ...period }
  const text = podManifest('p', {
    containers: [
      container('http', 'mkdir /www; exec httpd -f -p 127.0.0.1:8080 -h /www', {
        ports: [{ name: 'web', containerPort: 8080 }],
        readinessProbe: http,
      }),
      container('tcp', 'exec httpd -f -p 7000 -h /', { livenessProbe: { tcpSocket: { port: 7000 }, ...period } }),
      container('grpc', 'exec sleep 1000', { readinessProbe: { grpc: { port: 50051, service: 'shop' }, ...period } }),
    ],
  })
  await box.ok(['kube', 'play', '--network', 'none', '--strict', '-'], { stdin: text })
  const check = async (name: string) => (await box.try(['healthcheck', 'run', `p-${name}`])).code
  const output = async (name: string) =>
    box.ok(['inspect', '--format', '{{(index .State.Health.Log 0).Output}}|{{len .State.Health.Log}}', `p-${name}`])
  const last = async (name: string) =>
    ((await box.inspect(`p-${name}`)).State['Health'] as { Log: { Output: string }[] }).Log.at(-1)?.Output
  expect(await output('grpc')).toMatch(/connection refused.*\|1$/)

  expect([await check('http'), await last('http')]).toEqual([1, 'HTTP status 404'])
  await box.ok(['exec', 'p-http', 'touch', '/www/page'])
  expect([await check('http'), await last('http')]).toEqual([0, 'HTTP status 200'])

  await expect.poll(async () => check('tcp'), { timeout: 10_000 }).toBe(0)

  const pid = await box.ok(['inspect', '--format', '{{.State.Pid}}', 'p-grpc'])
  await using serving = await serveHealth(pid)
  expect([await check('grpc'), await last('grpc')]).toEqual([0, 'SERVING'])
  serving.stdin.write('2')
  await once(serving.stdout, 'data')
  expect([await check('grpc'), await last('grpc')]).toEqual([1, 'NOT_SERVING'])

  const generated = await box.ok(['kube', 'generate', 'p'])
  for (const words of ['path: /page', 'tcpSocket:', 'service: shop']) expect(generated).toContain(words)
  await box.ok(['kube', 'down', '-'], { stdin: text })
})

test('HTTPS asks whoever has a certificate of his own; what names a host is asked there, from the host', async () => {
  const key = join(box.folder, 'key.pem')
  const certificate = join(box.folder, 'certificate.pem')
  const subject = ['-subj', '/CN=nobody', '-days', '1', '-keyout', key, '-out', certificate]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject],
    {
      stdio: 'ignore',
    },
  )
  const times = { periodSeconds: 1000, timeoutSeconds: 5, failureThreshold: 1 }
  const https = (port: number, host?: string) => ({
    readinessProbe: {
      httpGet: { scheme: 'HTTPS', port, path: '/page', ...(host === undefined ? {} : { host }) },
      ...times,
    },
  })
  const text = podManifest('p', {
    containers: [
      container('inside', 'exec sleep 1000', https(8443)),
      container('address', 'exec sleep 1000', https(9443, '127.0.0.1')),
      container('name', 'exec sleep 1000', https(9443, 'localhost')),
      container('nobody', 'exec sleep 1000', https(8443, 'localhost')),
      container('socket', 'exec sleep 1000', {
        readinessProbe: { tcpSocket: { host: 'localhost', port: 9443 }, ...times },
      }),
    ],
  })
  await box.ok(['kube', 'play', '--network', 'none', '--strict', '-'], { stdin: text })
  const pid = await box.ok(['inspect', '--format', '{{.State.Pid}}', 'p-inside'])
  await using _inside = await serveTls([`nsenter`, `--net=/proc/${pid}/ns/net`], { port: 8443, key, certificate })
  await using _host = await serveTls(network.enter, { port: 9443, key, certificate })
  const last = async (name: string) => {
    const { code } = await box.try(['healthcheck', 'run', `p-${name}`])
    const health = (await box.inspect(`p-${name}`)).State['Health'] as { Log: { Output: string }[] }
    return [code, health.Log.at(-1)?.Output]
  }
  for (const name of ['inside', 'address', 'name']) expect(await last(name), name).toEqual([0, 'HTTP status 200'])
  expect(await last('socket')).toEqual([0, ''])
  expect(await last('nobody')).toEqual([1, expect.stringMatching(/refused/i)])
  expect(await box.ok(['kube', 'generate', 'p'])).toContain('host: localhost')
  await box.ok(['kube', 'down', '-'], { stdin: text })
})

interface TlsServer {
  readonly port: number
  readonly key: string
  readonly certificate: string
}

/** At a loopback, in the network that `enter` enters: it knows one page. */
async function serveTls(enter: readonly string[], { port, key, certificate }: TlsServer) {
  const program = `
    const { readFileSync } = require('node:fs')
    const files = { key: readFileSync('${key}'), cert: readFileSync('${certificate}') }
    require('node:https').createServer(files, (request, response) => {
      response.statusCode = request.url === '/page' ? 200 : 404
      response.end()
    }).listen(${port}, '127.0.0.1', () => process.stdout.write('up'))`
  return serve(enter, program)
}

/** A server of grpc.health.v1 in the network of a process: it says what is written to it, first SERVING. */
async function serveHealth(pid: string) {
  const program = `
    let status = 1
    process.stdin.on('data', (text) => { status = Number(text); process.stdout.write('said') })
    const server = require('node:http2').createServer()
    server.on('stream', (stream, headers) => {
      const isKnown = headers[':path'] === '/grpc.health.v1.Health/Check'
      const chunks = []
      stream.on('data', (chunk) => chunks.push(chunk))
      stream.on('end', () => {
        const isAsked = Buffer.concat(chunks).equals(Buffer.from([0, 0, 0, 0, 6, 10, 4, ...Buffer.from('shop')]))
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': isKnown && isAsked ? '0' : '5' }))
        stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]))
      })
    })
    server.listen(50051, '127.0.0.1', () => process.stdout.write('up'))`
  return serve(['nsenter', `--net=/proc/${pid}/ns/net`], program)
}

/** Resolves when it has said that it is up. */
async function serve([command = '', ...words]: readonly string[], program: string) {
  const child = spawn(command, [...words, process.execPath, '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  })
}
