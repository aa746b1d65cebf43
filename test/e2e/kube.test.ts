// kube play and kube down: what the fields of a manifest do in real containers, what is printed, and what is left.

import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import type { Box } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { busyboxContainer as container, documents, manifest, podManifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()

/** A test that failed must not fail the next one. */
afterEach(async () => shared.box.ok(['pod', 'rm', '--all', '--force', '--time', '0']))

/** Plays it, and takes it down at the end. */
async function playing(text: string, use: (box: Box, printed: string) => Promise<void>, flags: string[] = []) {
  const { box } = shared
  const printed = await box.ok(['kube', 'play', '--network', 'none', ...flags, '-'], { stdin: text })
  try {
    await use(box, printed)
  } finally {
    await box.ok(['kube', 'down', '--force', '-'], { stdin: text })
    expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
  }
}

/** What a container that ends by itself has printed. */
async function said(box: Box, name: string): Promise<string> {
  await box.ok(['wait', name])
  return box.ok(['logs', name])
}

const configMap = manifest('ConfigMap', {
  metadata: { name: 'conf' },
  data: { word: 'hello', 'a.txt': 'from a map\n' },
})
const secret = manifest('Secret', {
  metadata: { name: 'creds' },
  data: { user: Buffer.from('me').toString('base64') },
  stringData: { password: 'geheim' },
})

describe('what is printed and made', () => {
  test('ids of volumes, secrets, pods and containers, as podman prints them; down stops and removes', async () => {
    const claim = manifest('PersistentVolumeClaim', { metadata: { name: 'data', labels: { tier: 'db' } } })
    const pod = podManifest('p', { containers: [container('a', 'sleep 1000'), container('b', 'sleep 1000')] })
    const text = documents(pod, secret, claim)
    const { box } = shared
    const lines = (await box.ok(['play', 'kube', '--network', 'none', '-'], { stdin: text })).split('\n')
    const id = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(lines).toEqual(['Volumes:', 'data', 'Secrets:', expect.any(String), 'Pod:', id, 'Containers:', id, id, ''])
    expect(await box.ok(['volume', 'inspect', '--format', '{{.Labels}}', 'data'])).toBe('map[tier:db]')
    const again = await box.try(['kube', 'play', '--network', 'none', '-'], { stdin: pod })
    expect(again).toMatchObject({ code: 125, stderr: expect.stringContaining('is in use: pod already exists') })
    expect(await box.ok(['ps', '-a', '--format', '{{.Names}}'])).toContain('p-a\np-b')
    const down = await box.ok(['kube', 'down', '-'], { stdin: text })
    expect(down.split('\n')).toEqual([
      'Pods stopped:',
      id,
      'Pods removed:',
      id,
      'Secrets removed:',
      expect.any(String),
      'Volumes removed:',
    ])
    expect(await box.ok(['volume', 'ls', '-q'])).toBe('data')
    expect(await box.ok(['kube', 'play', '--down', '--force', '-'], { stdin: text })).toContain(
      'Volumes removed:\ndata',
    )
  })

  test('a Deployment, a DaemonSet and a Job are a pod each; --replace makes them anew', async () => {
    const spec = { containers: [container('c', 'sleep 1000')], terminationGracePeriodSeconds: 0 }
    const template = { metadata: { labels: { app: 'web' } }, spec }
    const kinds = ['Deployment', 'DaemonSet', 'Job']
    const text = documents(
      ...kinds.map((kind) => manifest(kind, { metadata: { name: kind.toLowerCase() }, spec: { template } })),
    )
    await playing(text, async (box, printed) => {
      const names = await box.ok(['pod', 'ps', '--sort', 'name', '--filter', 'label=app=web', '--format', '{{.Name}}'])
      expect(names).toBe('daemonset-pod\ndeployment-pod\njob-pod')
      const anew = await box.ok(['kube', 'play', '--network', 'none', '--replace', '--quiet', '-'], { stdin: text })
      const ids = (out: string) => out.split('\n').filter((line) => /^[0-9a-f]{64}$/.test(line))
      expect(ids(anew)).toHaveLength(12)
      expect(ids(anew).slice(0, 3).sort()).toEqual(
        ids(printed)
          .filter((_, index) => index % 2 === 0)
          .sort(),
      )
    })
  })

  test('a URL is followed and read', async () => {
    const text = podManifest('p', { containers: [container('a', 'echo from afar')] })
    const server = createServer((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/pod.yaml' }).end()
      else response.end(request.url === '/pod.yaml' ? text : '')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    try {
      const { box } = shared
      await box.ok(['kube', 'play', '--network', 'none', url])
      expect(await said(box, 'p-a')).toBe('from afar')
      await box.ok(['kube', 'down', url])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  test('what cannot be made leaves nothing; what does not start is told of and stays', async () => {
    const { box } = shared
    const play = async (text: string, ...flags: string[]) =>
      box.try(['kube', 'play', '--network', 'none', ...flags, '-'], { stdin: text })
    const bad = podManifest('p', { containers: [container('a', 'true'), { name: 'b', image: 'x', command: 'ls' }] })
    expect((await play(bad)).stderr).toContain('Pod p: spec.containers[1].command: must be a list, not "ls"')
    const lost = podManifest('p', {
      containers: [
        container('a', 'true', { volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
        { ...container('b', 'true'), image: 'localhost/none:such' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
    })
    expect((await play(lost)).code).toBe(125)
    expect(await box.ok(['pod', 'ps', '-q'])).toBe('')
    expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
    const odd = podManifest('p', { nodeName: 'here', containers: [container('a', 'true')] })
    expect((await play(odd, '--strict')).stderr).toBe(
      'Error: Pod p: spec.nodeName is not honoured\nTake it out of the manifest, or leave --strict out.\n',
    )
    expect((await play(configMap)).stderr).toContain('not a standalone object and must be used in a container')
    expect((await play('kind: Service\n')).stderr).toContain('WARN: kind Service is not supported')
    const half = podManifest('p', {
      nodeName: 'here',
      containers: [container('a', 'sleep 1000'), { ...container('b', ''), command: ['nope'] }],
    })
    const { code, stderr } = await play(half)
    expect(code).toBe(125)
    expect(stderr).toContain('WARN: Pod p: spec.nodeName is not honoured')
    expect(stderr).toMatch(/starting container [0-9a-f]{64}: .*"nope".*\nError: failed to start 1 containers\n$/)
    await box.ok(['kube', 'down', '-'], { stdin: half })
  })

  test('--wait cleans up after the last container, and after a signal', async () => {
    const { box } = shared
    const claim = manifest('PersistentVolumeClaim', { metadata: { name: 'data' } })
    const done = documents(claim, podManifest('p', { containers: [container('a', 'true')] }))
    const out = await box.ok(['kube', 'play', '--network', 'none', '--wait', '-'], { stdin: done })
    expect(out).toContain('Cleaning up containers, pods, and volumes...\nPods stopped:')
    expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
    const file = join(box.folder, 'wait.yaml')
    writeFileSync(
      file,
      podManifest('p', { containers: [container('a', 'trap "exit 0" TERM; echo up; sleep 1000 & wait')] }),
    )
    const waiting = box.start(['kube', 'play', '--network', 'none', '--wait', file])
    const ended = new Promise<string>((resolve) => {
      let text = ''
      waiting.stdout?.on('data', (chunk: Buffer) => {
        const isNews = !text.includes('Container:')
        text += chunk.toString('utf8')
        if (isNews && text.includes('Container:')) waiting.kill('SIGTERM')
      })
      waiting.once('close', () => resolve(text))
    })
    expect(await ended).toContain('\nCleaning up containers, pods, and volumes...\nPods stopped:')
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })
})

describe('the fields of containers', () => {
  test('command, args and variables: values, config maps, secrets, the pod itself and its limits, expanded', async () => {
    const env = [
      { name: 'A', value: 'one' },
      { name: 'B', value: '$(A)-$(user)-$$(A)-$(NONE)' },
      { name: 'WORD', valueFrom: { configMapKeyRef: { name: 'conf', key: 'word' } } },
      { name: 'GONE', valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } } },
      { name: 'PW', valueFrom: { secretKeyRef: { name: 'creds', key: 'password' } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'TIER', valueFrom: { fieldRef: { fieldPath: "metadata.labels['tier']" } } },
      { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
    ]
    const one = {
      ...container('a', ''),
      command: ['sh', '-c'],
      args: ['echo \'$(B)\'; echo "$WORD $PW $POD $TIER $MEM ${GONE-unset} $P_word"; pwd'],
      workingDir: '/var',
      env,
      envFrom: [{ secretRef: { name: 'creds' } }, { configMapRef: { name: 'conf' }, prefix: 'P_' }],
      resources: { limits: { memory: '64Mi', cpu: '500m' }, requests: { memory: '32Mi' } },
    }
    const text = documents(configMap, secret, podManifest('p', { containers: [one] }, { labels: { tier: 'web' } }))
    await playing(text, async (box) => {
      expect(await said(box, 'p-a')).toBe('one-me-$(A)-$(NONE)\nhello geheim p web 64 unset hello\n/var')
      const limits = '{{.HostConfig.Memory}} {{.HostConfig.MemoryReservation}} {{.HostConfig.NanoCpus}}'
      expect(await box.ok(['inspect', '--format', limits, 'p-a'])).toBe('67108864 33554432 500000000')
      await refused(
        text.replace('"key":"word"', '"key":"none"').replaceAll('"p"', '"q"'),
        'key none not found in configmap conf',
      )
    })
  })

  test('securityContext of both levels: ids, groups, capabilities, read-only root, no new privileges', async () => {
    const look =
      'id; touch /x 2> /dev/null || echo ro; touch /var/tmp/x && echo tmp; grep -E "NoNewPrivs|CapBnd" /proc/self/status'
    const own = {
      runAsUser: 1234,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
    }
    const spec = {
      securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] },
      containers: [container('a', look, { securityContext: own }), container('b', 'id -u; id -g')],
    }
    await playing(podManifest('p', spec), async (box) => {
      const out = await said(box, 'p-a')
      const groups = /^uid=1234\S* gid=3000\S* groups=(.*)/.exec(out)?.[1]?.replaceAll(/\([^)]*\)/g, '')
      expect(groups?.split(',').sort()).toEqual(['2000', '3000', '4000'])
      expect(out).toMatch(/\nro\ntmp\nCapBnd:\t0000000000000400\nNoNewPrivs:\t1$/)
      expect(await said(box, 'p-b')).toBe('1000\n3000')
    })
    const root = podManifest('q', { containers: [container('a', 'true', { securityContext: { runAsNonRoot: true } })] })
    await refused(root, `container a has runAsNonRoot and image ${busyboxName} will run as root`)
  })

  test('probes are health checks: liveness restarts, startup comes first, readiness only tells', async () => {
    const quick = { periodSeconds: 1, failureThreshold: 1 }
    const spec = {
      restartPolicy: 'Always',
      containers: [
        container('live', 'sleep 1000', { livenessProbe: { exec: { command: ['false'] }, ...quick } }),
        container('ready', 'sleep 1000', { readinessProbe: { exec: { command: ['false'] }, ...quick } }),
        container('http', 'mkdir /www; echo hi > /www/index.html; exec httpd -f -p 8080 -h /www', {
          ports: [{ name: 'web', containerPort: 8080 }],
          startupProbe: { httpGet: { port: 'web', path: '/' }, ...quick, failureThreshold: 30 },
          livenessProbe: { httpGet: { port: 8080 }, ...quick, failureThreshold: 3 },
        }),
      ],
    }
    await playing(podManifest('p', spec), async (box) => {
      await box.ok(['wait', '--condition', 'unhealthy', 'p-ready'])
      await box.ok(['wait', '--condition', 'healthy', 'p-http'])
      const states = '{{.RestartCount}} {{.State.Status}}'
      await expect
        .poll(async () => box.ok(['inspect', '--format', states, 'p-live']), { timeout: 15_000 })
        .toMatch(/^[1-9]/)
      expect(await box.ok(['inspect', '--format', states, 'p-ready'])).toBe('0 running')
    })
  })
})

describe('init containers', () => {
  test('run to their end in order; a sidecar stays beside the others', async () => {
    const share = { volumeMounts: [{ name: 'work', mountPath: '/work' }] }
    const spec = {
      volumes: [{ name: 'work', emptyDir: {} }],
      initContainers: [
        container('one', 'echo one >> /work/steps', share),
        container('side', 'echo side >> /work/steps; exec sleep 1000', { ...share, restartPolicy: 'Always' }),
        container('two', 'until grep -q side /work/steps; do sleep 0.1; done; echo two >> /work/steps', share),
      ],
      // As long as it runs: a sidecar ends with the last of the others.
      containers: [container('main', 'cat /work/steps; exec sleep 1000', share)],
    }
    await playing(podManifest('p', spec), async (box) => {
      const logs = async () => box.ok(['logs', 'p-main'])
      await expect.poll(logs, { timeout: 15_000 }).toBe('one\nside\ntwo')
      expect(await box.ok(['ps', '--format', '{{.Names}}', '--filter', 'name=p-side'])).toBe('p-side')
    })
  })
})

describe('volumes', () => {
  test('files of config maps, secrets and the downward API, single and projected, with paths and modes', async () => {
    const mounts = ['map', 'secret', 'down', 'all', 'none'].map((name) => ({ name, mountPath: `/${name}` }))
    const spec = {
      volumes: [
        { name: 'map', configMap: { name: 'conf', items: [{ key: 'a.txt', path: 'deep/b.txt', mode: 0o600 }] } },
        { name: 'secret', secret: { secretName: 'creds', defaultMode: 0o400 } },
        { name: 'down', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        {
          name: 'all',
          projected: {
            sources: [
              { configMap: { name: 'conf' } },
              { secret: { name: 'creds', items: [{ key: 'user', path: 'me' }] } },
            ],
          },
        },
        { name: 'none', configMap: { name: 'absent', optional: true } },
      ],
      containers: [
        container(
          'a',
          'cat /map/deep/* /secret/password /down/labels /all/word /all/me; stat -c " %a" /map/deep/b.txt /secret/user; ls /none 2>&1',
          {
            volumeMounts: mounts,
          },
        ),
      ],
    }
    const text = documents(configMap, secret, podManifest('p', spec, { labels: { tier: 'web' } }))
    await playing(text, async (box) => {
      expect(await said(box, 'p-a')).toBe(
        'from a map\ngeheimtier="web"\nhellome 600\n 400\nls: /none: No such file or directory',
      )
    })
  })

  test('hostPath of each type, subPath and subPathExpr inside it, claims that outlive the pod, memory with a limit', async () => {
    const { box } = shared
    const host = join(box.folder, 'host')
    const spec = {
      volumes: [
        { name: 'host', hostPath: { path: host, type: 'DirectoryOrCreate' } },
        { name: 'file', hostPath: { path: join(host, 'f'), type: 'FileOrCreate' } },
        { name: 'null', hostPath: { path: '/dev/null', type: 'CharDevice' } },
        { name: 'claim', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      ],
      containers: [
        container(
          'a',
          'echo 1 > /sub/x; echo 2 > /expr/y; echo 3 >> /file; test -c /dev/nothing; echo 4 >> /data/z; cat /data/z; df -k /mem | tail -1',
          {
            env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            volumeMounts: [
              { name: 'host', mountPath: '/sub', subPath: 'one' },
              { name: 'host', mountPath: '/expr', subPathExpr: 'of-$(POD)' },
              { name: 'file', mountPath: '/file' },
              { name: 'null', mountPath: '/dev/nothing' },
              { name: 'claim', mountPath: '/data', subPath: 'a/b' },
              { name: 'memory', mountPath: '/mem' },
            ],
          },
        ),
      ],
    }
    const text = podManifest('p', spec)
    for (const round of ['4', '4\n4']) {
      await box.ok(['kube', 'play', '--network', 'none', '-'], { stdin: text })
      expect(await said(box, 'p-a')).toMatch(new RegExp(`^${round}\ntmpfs +1024 `))
      await box.ok(['kube', 'down', '-'], { stdin: text })
    }
    expect(['one/x', 'of-p/y', 'f'].map((path) => readFileSync(join(host, path), 'utf8'))).toEqual([
      '1\n',
      '2\n',
      '3\n3\n',
    ])
    await refused(text.replace('CharDevice', 'Socket'), 'checking HostPathSocket: path /dev/null is not a socket')
    await box.ok(['volume', 'rm', 'data'])
  })
})

describe('the pod', () => {
  test('host name, aliases, DNS, shared processes and sysctls are all containers’', async () => {
    const spec = {
      hostname: 'box',
      shareProcessNamespace: true,
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['far', 'away'] }],
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.9.8.7'], searches: ['example.org'], options: [{ name: 'ndots', value: '2' }] },
      securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '12345' }] },
      containers: [
        container(
          'a',
          'hostname; grep -c 10.1.2.3 /etc/hosts; cat /etc/resolv.conf /proc/sys/kernel/msgmax; ps | grep -c [/]pause',
        ),
      ],
    }
    await playing(podManifest('p', spec), async (box) => {
      expect(await said(box, 'p-a')).toBe('box\n2\nsearch example.org\nnameserver 10.9.8.7\noptions ndots:2\n12345\n1')
    })
  })

  test('hostNetwork, hostPID and hostIPC are the host’s', async () => {
    const look = 'for n in net pid ipc uts; do readlink /proc/self/ns/$n; done'
    const text = podManifest('p', {
      hostNetwork: true,
      hostPID: true,
      hostIPC: true,
      containers: [container('a', look)],
    })
    const { box } = shared
    await box.ok(['kube', 'play', '-'], { stdin: text })
    const own = ['net', 'pid', 'ipc', 'uts'].map((name) => readlinkSync(`/proc/self/ns/${name}`)).join('\n')
    expect(await said(box, 'p-a')).toBe(own)
    await box.ok(['kube', 'down', '-'], { stdin: text })
  })

  test('podman’s annotations: user namespace, infra name, ulimit, init, volumes of another container; --annotation adds', async () => {
    const prefix = 'io.podman.annotations'
    const spec = {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        container('a', 'echo shared > /v/f', { volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
        container(
          'b',
          'ulimit -n; cat /proc/1/cmdline | tr "\\0" " "; test -d /v && echo; sed "s/ \\+/ /g" /proc/self/uid_map',
        ),
      ],
    }
    const annotations = {
      [`${prefix}.infra.name`]: 'base',
      [`${prefix}.ulimit`]: 'nofile=111:222',
      [`${prefix}.init/b`]: 'true',
      [`${prefix}.volumes-from/b`]: 'a:ro',
    }
    const flags = ['--annotation', 'own=a,b', '--userns', 'auto:size=4096']
    await playing(
      podManifest('p', spec, { annotations }),
      async (box) => {
        expect(await said(box, 'p-b')).toMatch(/^111\n\/run\/podman-init -- sh .*\n 0 \d+ 4096$/s)
        expect(await box.ok(['inspect', '--format', '{{.IsInfra}}', 'base'])).toBe('true')
        expect(await box.ok(['inspect', '--format', '{{index .Config.Annotations "own"}}', 'p-b'])).toBe('a,b')
      },
      flags,
    )
  })
})

/** Nothing of it is made. */
async function refused(text: string, message: string): Promise<void> {
  const { box } = shared
  const before = await box.ok(['pod', 'ps', '-q'])
  const { code, stderr } = await box.try(['kube', 'play', '--network', 'none', '-'], { stdin: text })
  expect(stderr).toContain(message)
  expect(code).toBe(125)
  expect(await box.ok(['pod', 'ps', '-q'])).toBe(before)
}
