// What kube play honours, kube generate writes again: field by field, and nothing is lost on a second way round.

import { afterEach, expect } from 'vitest'
import { parseYamlStream } from '../../src/base/yaml.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxContainer as container, documents, manifest, podManifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()
const play = ['kube', 'play', '--network', 'none', '--strict', '--start=false', '-']

afterEach(async () => shared.box.ok(['pod', 'rm', '--all', '--force', '--time', '0']))

const times = { periodSeconds: 7, timeoutSeconds: 2, failureThreshold: 4 }
const exec = { exec: { command: ['test', '-e', '/$(it)'] } }
const http = {
  httpGet: {
    host: '127.0.0.9',
    port: 8443,
    path: '/up?a=b',
    scheme: 'HTTPS',
    httpHeaders: [{ name: 'X-A', value: 'b c' }],
  },
}
const tcp = { tcpSocket: { port: 80 } }
const grpc = { grpc: { port: 9000, service: 'it' } }
const script = 'exec sleep 1000'
const place = (mountPath: string, name: string, more: object = {}) => ({ mountPath, name, ...more })

/** By name; of each, what stands there comes back. */
const containers: Readonly<Record<string, object>> = {
  liveness: { livenessProbe: { ...exec, ...times, initialDelaySeconds: 3 } },
  readiness: { readinessProbe: { ...tcp, ...times } },
  both: { livenessProbe: { ...exec, ...times }, readinessProbe: { ...http, ...times, successThreshold: 2 } },
  'liveness-http': { livenessProbe: { ...http, ...times } },
  'liveness-grpc': { livenessProbe: { ...grpc, ...times } },
  startup: { startupProbe: { ...exec, ...times }, livenessProbe: { ...tcp, ...times } },
  'startup-readiness': { readinessProbe: { ...exec, ...times }, startupProbe: { ...tcp, ...times } },
  'startup-alone': { startupProbe: { ...tcp, ...times } },
  hooks: { lifecycle: { postStart: exec, preStop: http, stopSignal: 'SIGUSR1' } },
  'other-hooks': { lifecycle: { postStart: tcp, preStop: { sleep: { seconds: 3 } } } },
  restarted: { restartPolicy: 'OnFailure' },
  limited: {
    resources: { limits: { cpu: '500m', memory: '67108864' }, requests: { cpu: '250m', memory: '33554432' } },
  },
  secured: {
    securityContext: {
      ...{
        runAsUser: 7,
        runAsGroup: 8,
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
      },
      ...{
        capabilities: { add: ['CAP_NET_ADMIN'], drop: ['CAP_CHOWN'] },
        procMount: 'Unmasked',
        seLinuxOptions: { level: 's0:c1' },
      },
      ...{ seccompProfile: { type: 'Unconfined' }, appArmorProfile: { type: 'Unconfined' } },
    },
  },
  privileged: { securityContext: { privileged: true } },
  described: { workingDir: '/var', stdin: true, tty: true, args: ['$$(B)'], env: [{ name: 'A', value: 'b' }] },
  addressed: { env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] },
}

/** What a pod as a whole says. */
const podWide = {
  ...{ hostname: 'somebody', shareProcessNamespace: true, terminationGracePeriodSeconds: 44, restartPolicy: 'Always' },
  resources: { limits: { cpu: '1500m', memory: '536870912' }, requests: { memory: '268435456' } },
  hostAliases: [
    { ip: '10.1.2.3', hostnames: ['far', 'away'] },
    { ip: '10.1.2.4', hostnames: ['near'] },
  ],
  dnsConfig: { nameservers: ['10.9.8.7'], searches: ['example.com'], options: [{ name: 'ndots', value: '2' }] },
  securityContext: {
    fsGroup: 555,
    supplementalGroups: [77, 78],
    sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }],
  },
}
const labels = { tier: 'front', 'example.com/owner': 'me' }

interface Generated {
  readonly metadata: { readonly labels: object }
  readonly spec: {
    readonly containers: readonly Named[]
    readonly initContainers?: readonly Named[]
    readonly volumes: readonly Named[]
  }
}
interface Named {
  readonly name: string
  readonly volumeMounts?: readonly { readonly name: string }[]
}

async function generate(pod: string): Promise<{ readonly text: string; readonly pod: Generated }> {
  const text = await shared.box.ok(['kube', 'generate', pod])
  return { text, pod: parseYamlStream(text)[0] as Generated }
}

function named(all: readonly Named[] | undefined, name: string): Named | undefined {
  return all?.find((one) => one.name === name)
}

test('fields of containers and of their pod, twice round', async () => {
  const { box } = shared
  const members = Object.entries(containers).map(([name, fields]) =>
    container(name, script, { imagePullPolicy: 'Never', ...fields }),
  )
  await box.ok(play, { stdin: podManifest('p', { ...podWide, containers: members }, { labels }) })
  for (let round = 0; round < 2; round += 1) {
    const { text, pod } = await generate('p')
    for (const [name, fields] of Object.entries(containers)) {
      const found = named(pod.spec.containers, name)
      expect(found, name).toMatchObject({ imagePullPolicy: 'Never', ...fields })
      const probes = Object.keys(found ?? {}).filter((key) => key.endsWith('Probe'))
      expect(probes, name).toEqual(
        Object.keys(fields)
          .filter((key) => key.endsWith('Probe'))
          .sort(),
      )
    }
    expect(pod.spec).toMatchObject(podWide)
    expect(pod.metadata.labels).toMatchObject(labels)
    await box.ok(['pod', 'rm', '-f', 'p'])
    await box.ok(play, { stdin: text })
  }
})

test('where nothing is started again, a livenessProbe is one nevertheless; credentials are named', async () => {
  const { box } = shared
  const docker = { auths: { 'r.example.com': { auth: Buffer.from('a:b').toString('base64') } } }
  const secret = manifest('Secret', {
    metadata: { name: 'key' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify(docker)).toString('base64') },
  })
  const probes = { livenessProbe: { ...exec, ...times } }
  const own = { containers: [container('c', script, probes)], imagePullSecrets: [{ name: 'key' }] }
  await box.ok(play, { stdin: documents(secret, podManifest('p', own)) })
  const { pod } = await generate('p')
  expect(pod.spec).toMatchObject({ restartPolicy: 'Never', imagePullSecrets: [{ name: 'key' }] })
  expect(named(pod.spec.containers, 'c')).toMatchObject(probes)
  await box.ok(['secret', 'rm', 'key'])
})

test('sidecars and init containers are what they were, in their order', async () => {
  const { box } = shared
  const sidecar = { restartPolicy: 'Always', startupProbe: { ...exec, ...times } }
  const initContainers = [container('first', 'true'), container('side', script, sidecar), container('last', 'true')]
  const text = podManifest('p', { initContainers, containers: [container('c', script)], restartPolicy: 'OnFailure' })
  await box.ok(play, { stdin: text })
  for (let round = 0; round < 2; round += 1) {
    const { text: again, pod } = await generate('p')
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['first', 'side', 'last'])
    expect(named(pod.spec.initContainers, 'side')).toMatchObject(sidecar)
    expect(named(pod.spec.initContainers, 'first')).not.toHaveProperty('restartPolicy')
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(['c'])
    await box.ok(['pod', 'rm', '-f', 'p'])
    await box.ok(play, { stdin: again })
  }
})

test('volumes, by where they are mounted', async () => {
  const { box } = shared
  const sources: Readonly<Record<string, object>> = {
    host: { hostPath: { path: '/usr', type: 'Directory' } },
    memory: { emptyDir: { medium: 'Memory', sizeLimit: '1048576' } },
    plain: { emptyDir: {} },
    settings: { configMap: { name: 'map', items: [{ key: 'a', path: 'b' }], defaultMode: 0o400 } },
    told: { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
    all: { projected: { sources: [{ configMap: { name: 'map' } }] } },
    kept: { persistentVolumeClaim: { claimName: 'claim' } },
  }
  const mounts = {
    host: { readOnly: true, mountPropagation: 'HostToContainer' },
    kept: { subPath: 'deep' },
  } as Readonly<Record<string, object>>
  const volumes = Object.entries(sources).map(([name, source]) => ({ name, ...source }))
  const volumeMounts = Object.keys(sources).map((name) => place(`/at/${name}`, name, mounts[name]))
  const map = manifest('ConfigMap', { metadata: { name: 'map' }, data: { a: '1' } })
  const text = podManifest('p', { containers: [container('c', script, { volumeMounts })], volumes })
  await box.ok(play, { stdin: documents(map, text) })
  const { pod } = await generate('p')
  for (const [name, source] of Object.entries(sources)) {
    const places = pod.spec.containers[0]?.volumeMounts ?? []
    const mount = places.find((one) => (one as { mountPath?: string }).mountPath === `/at/${name}`)
    expect(mount, name).toMatchObject(mounts[name] ?? {})
    expect(
      pod.spec.volumes.find((one) => one.name === mount?.name),
      name,
    ).toMatchObject(source)
  }
})
