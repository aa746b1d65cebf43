// `node test/judge/kube-schema.ts FOLDER`: does Kubernetes know all that `kube generate` writes? FOLDER is where `npm install
// @kubernetes/client-node` was done: its types are generated from the OpenAPI schema that Kubernetes publishes. Each document becomes a
// literal of its kind's type, and TypeScript tells of fields that are unknown, missing, or of another type. Needs what the e2e tests need.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { busyboxContainer, podManifest } from '../support/kube.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node test/judge/kube-schema.ts FOLDER')

const created: readonly (readonly string[])[] = [
  ['plain'],
  ['ports', '-p', '18080:80', '-p', '127.0.0.1:18081:81/udp', '--network', 'bridge'],
  ['env', '-e', 'A=b', '-e', 'EMPTY=', '--workdir', '/tmp', '-t', '-i', '--hostname', 'somebody'],
  [
    'limits',
    '--memory',
    '64m',
    '--memory-reservation',
    '32m',
    '--cpus',
    '0.5',
    '--cpu-shares',
    '512',
    '--pids-limit',
    '50',
  ],
  [
    'mounts',
    '-v',
    '/etc:/host:ro',
    '-v',
    'data:/data',
    '-v',
    '/anonymous',
    '--tmpfs',
    '/scratch:size=1m',
    '-v',
    '/tmp:/z:z',
  ],
  ['deep', '-v', `/tmp:/deep/${'x'.repeat(20)}`, '-v', `/usr/share/bash-completion/completions:/long`],
  ['devices', '--device', '/dev/fuse', '--mount', `type=image,source=${busyboxName},destination=/image`],
  [
    'safe',
    '--read-only',
    '--cap-drop',
    'ALL',
    '--cap-add',
    'NET_RAW',
    '--user',
    '1000:1000',
    '--security-opt',
    'no-new-privileges',
  ],
  ['loose', '--privileged', '--security-opt', 'seccomp=unconfined', '--pid', 'host', '--ipc', 'host'],
  [
    'labels',
    '--security-opt',
    'label=level:s0:c1',
    '--label',
    'io.containers.autoupdate=local',
    '--init',
    '--ulimit',
    'nofile=10:20',
  ],
  [
    'health',
    '--health-cmd',
    'true',
    '--health-start-period',
    '3s',
    '--health-startup-cmd',
    'true',
    '--health-on-failure',
    'kill',
  ],
  [
    'network',
    '--add-host',
    'db:10.0.0.1',
    '--dns',
    '10.0.0.2',
    '--dns-search',
    'example.com',
    '--dns-option',
    'ndots:2',
    '--network',
    'bridge',
  ],
]

const types: Readonly<Record<string, string>> = {
  Pod: 'V1Pod',
  Deployment: 'V1Deployment',
  DaemonSet: 'V1DaemonSet',
  Job: 'V1Job',
  Service: 'V1Service',
  PersistentVolumeClaim: 'V1PersistentVolumeClaim',
}

const box = openBox()
try {
  await prepare(box)
  const texts = await generate(box)
  const documents = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Document))
  process.exitCode = judge(documents.filter((document) => document !== null))
} finally {
  await box.ok(['pod', 'rm', '--all', '--force', '--time', '0'])
  await box.ok(['rm', '--all', '--force', '--time', '0'])
  await box[Symbol.asyncDispose]()
}

interface Document {
  readonly kind: string
  readonly metadata: { readonly name: string }
}

async function prepare({ ok }: Box): Promise<void> {
  await ok(['load', '-q', '-i', busyboxArchive()])
  for (const [name = '', ...flags] of created) {
    const network = flags.includes('--network') ? [] : ['--network', 'none']
    await ok(['create', '--name', name, ...network, ...flags, busyboxName, 'sleep', '1000'])
  }
  await ok([
    'pod',
    'create',
    '--name',
    'shop',
    '-p',
    '18082:80',
    '--share',
    'net,pid',
    '--sysctl',
    'net.ipv4.ip_forward=1',
    '--userns',
    'host',
  ])
  await ok(['create', '--pod', 'shop', '--name', 'once', '--init-ctr', 'once', busyboxName, 'true'])
  await ok(['create', '--pod', 'shop', '--name', 'front', busyboxName, 'sleep', '1000'])
  await ok(['kube', 'play', '--network', 'none', '--strict', '--start=false', '-'], { stdin: played() })
}

/** What only a manifest asks for. */
function played(): string {
  const exec = { exec: { command: ['true'] } }
  const tcpSocket = { tcpSocket: { port: 80 } }
  const container = (name: string, more: object) => busyboxContainer(name, 'sleep 1000', { ...more })
  return podManifest(
    'played',
    {
      restartPolicy: 'Always',
      resources: { limits: { cpu: '1', memory: '64Mi' } },
      securityContext: {
        fsGroup: 5,
        supplementalGroups: [6],
        sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }],
      },
      initContainers: [container('side', { restartPolicy: 'Always', startupProbe: { ...exec, successThreshold: 1 } })],
      containers: [
        container('probed', { livenessProbe: tcpSocket }),
        container('hooked', {
          lifecycle: { postStart: tcpSocket, preStop: { sleep: { seconds: 1 } }, stopSignal: 'SIGINT' },
        }),
        container('mapped', {
          volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'HostToContainer' }],
          securityContext: { runAsUser: 1, runAsNonRoot: true, appArmorProfile: { type: 'Unconfined' } },
        }),
      ],
      volumes: [{ name: 'v', hostPath: { path: '/usr' } }],
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['a', 'b'] }],
    },
    { labels: { tier: 'front' } },
  )
}

async function generate({ ok }: Box): Promise<string[]> {
  const names = [...created.map(([name = '']) => name), 'shop']
  const texts: string[] = []
  for (const name of names) {
    for (const kind of ['pod', 'deployment', 'daemonset', 'job'])
      texts.push(await ok(['kube', 'generate', '--type', kind, '--podman-only', name]))
  }
  for (const kind of ['pod', 'deployment', 'daemonset'])
    texts.push(await ok(['kube', 'generate', '--type', kind, 'played']))
  texts.push(await ok(['kube', 'generate', '--service', 'ports']), await ok(['kube', 'generate', '--service', 'shop']))
  texts.push(await ok(['kube', 'generate', 'data']), await ok(['kube', 'generate', 'plain', 'env', 'mounts']))
  return texts
}

/** The exit code. */
function judge(documents: readonly Document[]): number {
  const place = join(resolve(folder as string), 'judged')
  mkdirSync(place, { recursive: true })
  const source = documents.map((document, index) => {
    const type = types[document.kind] ?? `Unknown_${document.kind}`
    return `// ${document.kind} ${document.metadata.name}\nexport const d${index}: k.${type} = ${JSON.stringify(document, withoutTimes, 1)}\n`
  })
  const file = join(place, 'documents.ts')
  writeFileSync(file, `import type * as k from '@kubernetes/client-node'\n\n${source.join('\n')}`)
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023']
  const tsc = resolve(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'tsc')
  const { stdout, status } = spawnSync(tsc, [...flags, file], { encoding: 'utf8', cwd: place })
  console.log(stdout)
  console.log(`${documents.length} documents: ${status === 0 ? 'all are valid' : 'see above'}`)
  return status === 0 ? 0 : 1
}

/** Texts in JSON, and Dates in that package. */
function withoutTimes(key: string, value: unknown): unknown {
  return key === 'creationTimestamp' ? undefined : value
}
