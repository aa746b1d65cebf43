// kube generate: what it says of containers, pods and volumes, and that kube play makes the same of it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parseYamlStream } from '../../src/base/yaml.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()

const flags = [
  ...['--network', 'none', '--memory', '64m', '--cpus', '0.5', '--cap-drop', 'fowner', '--read-only', '--user', 'user'],
  ...['--env', 'A=$(B)', '--security-opt', 'no-new-privileges', '--security-opt', 'unmask=all', '--workdir', '/var'],
  ...['--ulimit', 'nofile=111:222', '--annotation', 'note=it', '--health-cmd', '["echo", "x"]', '--stop-timeout', '3'],
]

describe('kube generate', () => {
  test('a container comes back from kube play as it was', async () => {
    const { box } = shared
    await box.ok(['volume', 'create', '--label', 'tier=db', 'data'])
    const mounts = ['-v', 'data:/data:ro', '-v', '/etc/hostname:/host:ro', '--device', '/dev/null:/dev/other']
    await box.ok(['create', '--name', 'a_b', '--tty', ...flags, ...mounts, busybox, 'sleep', '$(A)'])
    const file = join(box.folder, 'a.yaml')
    await box.ok(['kube', 'generate', '-f', file, 'data', 'a_b'])
    const again = await box.try(['kube', 'generate', '-f', file, 'a_b'])
    expect(again.stderr).toContain(`cannot write to "${file}"; file exists`)
    const facts =
      '{{.Path}} {{.Args}} {{.Config.Tty}} {{.Config.User}} {{.Config.WorkingDir}} {{.Config.StopTimeout}} {{.Config.Healthcheck.Test}} ' +
      '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} ' +
      '{{.HostConfig.RestartPolicy.Name}} {{range .HostConfig.Ulimits}}{{.Name}}{{.Soft}}:{{.Hard}} {{end}} {{.HostConfig.Devices}} ' +
      '{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}} {{.RW}};{{end}} {{range .Config.Env}}{{.}};{{end}}'
    const before = await box.ok(['inspect', '--format', facts, 'a_b'])
    await box.ok(['rm', 'a_b'])
    await box.ok(['volume', 'rm', 'data'])
    await box.ok(['kube', 'play', '--strict', '--start=false', '--network', 'none', file])
    const after = await box.ok(['inspect', '--format', facts, 'ab-pod-ab'])
    expect(after).toBe(before.replace('user', '1000:1000'))
    expect(before).toContain('RLIMIT_NOFILE111:222')
    expect(await box.ok(['volume', 'inspect', '--format', '{{.Labels}}', 'data'])).toBe('map[tier:db]')
    expect(readFileSync(file, 'utf8')).toContain('note/ab: it')
    await box.ok(['kube', 'down', '--force', file])
  })

  test('a pod comes back with its init container, ports, names and shared processes', async () => {
    const { box } = shared
    const podFlags = ['--share', '+pid', '--add-host', 'far:10.1.2.3', '--dns', '10.9.8.7', '--restart', 'on-failure']
    await box.ok([
      'pod',
      'create',
      '--name',
      'p',
      '--network',
      'slirp4netns',
      '-p',
      '127.0.0.1:8080:80/udp',
      ...podFlags,
    ])
    expect((await box.try(['kube', 'generate', 'p'])).stderr).toMatch(
      /^Error: pod [0-9a-f]{64} only has an infra container/,
    )
    await box.ok(['create', '--pod', 'p', '--name', 'first', '--init-ctr', 'once', busybox, 'true'])
    await box.ok(['create', '--pod', 'p', '--name', 'main', busybox, 'sleep', '5'])
    const one = await box.ok(['kube', 'generate', '--service', 'p'])
    const [service, pod] = parseYamlStream(one) as Record<string, never>[]
    expect(service).toMatchObject({
      kind: 'Service',
      spec: { ports: [{ port: 80, protocol: 'UDP' }], selector: { app: 'p' } },
    })
    expect(pod).toMatchObject({ kind: 'Pod', metadata: { name: 'p', labels: { app: 'p' } } })
    const text = await box.ok(['generate', 'kube', 'p'])
    expect((await box.try(['kube', 'generate', 'main'])).stderr).toContain('use generate on the pod itself')
    await box.ok(['pod', 'rm', 'p'])
    await box.ok(['kube', 'play', '--strict', '--start=false', '--network', 'slirp4netns', '-'], { stdin: text })
    const facts =
      '{{.NumContainers}} {{.SharedNamespaces}} {{.InfraConfig.PortBindings}} {{.InfraConfig.DNSServer}} {{.InfraConfig.HostAdd}} {{.RestartPolicy}}'
    expect(await box.ok(['pod', 'inspect', '--format', facts, 'p'])).toBe(
      '3 [ipc net uts pid] map[80/udp:[{127.0.0.1 8080}]] [10.9.8.7] [far:10.1.2.3] on-failure',
    )
    const anew = await box.ok(['kube', 'generate', 'p'])
    const specOf = (yaml: string) => (parseYamlStream(yaml)[0] as { spec: { containers: object[] } }).spec
    const named = JSON.stringify(specOf(anew)).replaceAll('p-main', 'main').replaceAll('p-first', 'first')
    expect(JSON.parse(named)).toEqual(specOf(text))
    await box.ok(['kube', 'down', '-'], { stdin: text })
  })

  test('workloads and what contradicts them', async () => {
    const { box } = shared
    await box.ok(['create', '--name', 'c', '--network', 'none', '--restart', 'on-failure', busybox, 'true'])
    await box.ok(['create', '--name', 'd', '--network', 'none', busybox, 'true'])
    const documentOf = async (...args: string[]) => parseYamlStream(await box.ok(['kube', 'generate', ...args]))[0]
    const selector = { matchLabels: { app: 'd-pod' } }
    expect(await documentOf('-t', 'deployment', '-r', '3', 'd')).toMatchObject({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd-pod-deployment' } },
      spec: { replicas: 3, selector, template: { metadata: { labels: { app: 'd-pod' } } } },
    })
    expect(await documentOf('--type', 'daemonset', 'd')).toMatchObject({ kind: 'DaemonSet', spec: { selector } })
    const job = { apiVersion: 'batch/v1', kind: 'Job', spec: { template: { spec: { restartPolicy: 'OnFailure' } } } }
    expect(await documentOf('--type', 'job', 'c')).toMatchObject(job)
    const refused = async (...args: string[]) => (await box.try(['kube', 'generate', ...args])).stderr
    expect(await refused('-t', 'deployment', 'c')).toContain('Deployments can only have restartPolicy set to Always')
    expect(await refused('-r', '2', 'd')).toContain('--replicas can only be set when --type is set to deployment')
    expect(await refused('-t', 'cronjob', 'd')).toContain('invalid generation type')
    expect(await refused('nosuch')).toContain('name or ID "nosuch" not found')
    await box.ok(['rm', 'c', 'd'])
  })

  test('a volume whose name a cluster refuses is the same one after the way there and back', async () => {
    const { box } = shared
    const mounted = ['--network', 'none', '-v', 'my_data:/d', busybox]
    await box.ok(['run', '--rm', ...mounted, 'sh', '-c', 'echo kept > /d/f'])
    await box.ok(['create', '--name', 'c', ...mounted, 'cat', '/d/f'])
    const text = await box.ok(['kube', 'generate', 'my_data', 'c'])
    const [claim, pod] = parseYamlStream(text) as [{ metadata: { name: string } }, object]
    expect(claim.metadata.name).toMatch(/^mydata-[0-9a-f]{6}$/)
    const { name } = claim.metadata
    expect(pod).toMatchObject({ spec: { volumes: [{ persistentVolumeClaim: { claimName: name } }] } })
    await box.ok(['rm', 'c'])
    await box.ok(['kube', 'play', '--network', 'none', '-'], { stdin: text })
    await box.ok(['wait', 'c-pod-c'])
    expect(await box.ok(['logs', 'c-pod-c'])).toBe('kept')
    await box.ok(['kube', 'down', '--force', '-'], { stdin: text })
    expect(await box.ok(['volume', 'ls', '-q'])).not.toMatch(/data/)
  })

  test('volumes whose names a cluster spells alike stay two', async () => {
    const { box } = shared
    const names = ['my_data', 'my-data', 'My_Data']
    const mounts = names.flatMap((name, index) => ['-v', `${name}:/d${index}`])
    const fill = names.map((name, index) => `echo ${name} > /d${index}/f`).join('; ')
    await box.ok(['run', '--rm', '--network', 'none', ...mounts, busybox, 'sh', '-c', fill])
    await box.ok(['pod', 'create', '--name', 'p', '--network', 'none'])
    await box.ok(['create', '--pod', 'p', '--name', 'c', ...mounts, busybox, 'cat', '/d0/f', '/d1/f', '/d2/f'])
    await box.ok(['create', '--pod', 'p', '--name', 'd', '-v', 'my-data:/d', busybox, 'cat', '/d/f'])
    const text = await box.ok(['kube', 'generate', 'p'])
    await box.ok(['pod', 'rm', 'p'])
    await box.ok(['kube', 'play', '--network', 'none', '-'], { stdin: text })
    await box.ok(['wait', 'p-c', 'p-d'])
    expect((await box.ok(['logs', 'p-c'])).split('\n')).toEqual(names)
    expect(await box.ok(['logs', 'p-d'])).toBe('my-data')
    await box.ok(['kube', 'down', '--force', '-'], { stdin: text })
    expect(await box.ok(['volume', 'ls', '-q'])).not.toMatch(/data/i)
  })

  test('a Service has each port once, and none stands before a pod without', async () => {
    const { box } = shared
    const ports = ['-p', '18080:80', '-p', '18081:80', '-p', '18053:53', '-p', '18053:53/udp']
    await box.ok(['create', '--name', '9_Lives', '--network', 'bridge', ...ports, busybox, 'true'])
    await box.ok(['create', '--name', 'alone', '--network', 'none', busybox, 'true'])
    const [service] = parseYamlStream(await box.ok(['kube', 'generate', '-s', '9_Lives'])) as [
      { metadata: { name: string }; spec: { ports: { name: string; port: number }[] } },
    ]
    expect(service.metadata.name).toBe('service-9lives-pod')
    expect(service.spec.ports.map(({ name, port }) => [name, port])).toEqual([
      ['53', 53],
      ['80', 80],
      ['53-udp', 53],
    ])
    const alone = parseYamlStream(await box.ok(['kube', 'generate', '-s', 'alone'])) as { kind: string }[]
    expect(alone.map(({ kind }) => kind)).toEqual(['Pod'])
    await box.ok(['rm', '9_Lives', 'alone'])
  })

  test('names, annotations and hosts that a cluster refuses are changed or left out, which is said', async () => {
    const { box } = shared
    const strange = [
      '--annotation',
      'note=1',
      '--annotation',
      'a/b/c=1',
      '--hostname',
      'my.host',
      '-e',
      'Ä=1',
      '--stop-signal',
      'INT',
      '--add-host',
    ]
    await box.ok(['create', '--name', 'My.App_1', '--network', 'bridge', ...strange, 'some_db:10.0.0.1', busybox])
    const text = await box.ok(['kube', 'generate', 'My.App_1'])
    expect(parseYamlStream(text)).toMatchObject([
      {
        metadata: { name: 'my.app1-pod', annotations: { 'note/my-app1': '1' } },
        spec: { os: { name: 'linux' }, containers: [{ name: 'my-app1', lifecycle: { stopSignal: 'SIGINT' } }] },
      },
    ])
    expect(text).not.toMatch(/hostAliases:|hostname:|a\/b\/c:|- name: Ä/)
    expect(text).toMatch(/annotation a\/b\/c is left out.*\n.*host name my.host is left out.*\n.*host some_db is/)
    expect(await box.ok(['kube', 'generate', '--podman-only', 'My.App_1'])).toContain('a/b/c: "1"')
    await box.ok(['rm', 'My.App_1'])
  })

  test('what it says twice is what it said once', async () => {
    const { box } = shared
    await box.ok(['pod', 'create', '--name', 'twice', '--network', 'none'])
    await box.ok(['create', '--pod', 'twice', '--name', 'one', busybox, 'true'])
    const generate = async () => (await box.ok(['kube', 'generate', 'twice'])).replaceAll(/creationTimestamp: .*/g, '')
    const first = await generate()
    await box.ok(['kube', 'play', '--replace', '--start=false', '--network', 'none', '-'], { stdin: first })
    expect(await generate()).toBe(first)
    await box.ok(['kube', 'down', '-'], { stdin: first })
  })
})
