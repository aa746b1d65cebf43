// Pods: what their containers share, who is started and stopped when, and what removing leaves.

import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Box } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()

/** A pod of its own for each test, gone at its end. */
async function inPod(name: string, flags: readonly string[], use: (box: Box) => Promise<void>): Promise<void> {
  const { box } = shared
  await box.ok(['pod', 'create', '--name', name, ...flags])
  try {
    await use(box)
  } finally {
    await box.ok(['pod', 'rm', '--force', '--time', '0', '--ignore', name])
  }
}

async function stateOf(box: Box, name: string): Promise<string> {
  return box.ok(['pod', 'inspect', '--format', '{{.State}}', name])
}

describe('what members share', () => {
  test('host name, IPC with /dev/shm, and network are one; processes are not', async () => {
    await inPod('p', ['--network', 'none'], async (box) => {
      const namespaces = 'for n in uts ipc net; do readlink /proc/self/ns/$n; done'
      const one = await box.ok(['run', '--rm', '--pod', 'p', busybox, 'sh', '-c', `touch /dev/shm/a; ${namespaces}`])
      const other = await box.ok(['run', '--rm', '--pod', 'p', busybox, 'sh', '-c', `ls /dev/shm; ${namespaces}`])
      expect(other).toBe(`a\n${one}`)
      expect(one).not.toBe(await box.ok(['run', '--rm', '--network', 'none', busybox, 'sh', '-c', namespaces]))
      expect(await box.ok(['run', '--rm', '--pod', 'p', busybox, 'hostname'])).toBe('p')
      expect(await box.ok(['run', '--rm', '--pod', 'p', busybox, 'sh', '-c', 'echo $$'])).toBe('1')
    })
  })

  test('--share pid shows the infra process, whose program reaps; +pid keeps the rest', async () => {
    await inPod('p', ['--network', 'none', '--share', '+pid'], async (box) => {
      const seen = await box.ok([
        'run',
        '--rm',
        '--pod',
        'p',
        busybox,
        'sh',
        '-c',
        'cat /proc/1/cmdline | tr "\\0" " "',
      ])
      expect(seen).toBe('/pause ')
      const orphan = 'sh -c "sleep 0.2 &" ; sleep 0.4; grep -l "State:.Z" /proc/[0-9]*/status; true'
      expect(await box.ok(['run', '--rm', '--pod', 'p', busybox, 'sh', '-c', orphan])).toBe('')
      const facts = '{{.SharedNamespaces}} {{.InfraConfig.PidNS}} {{.InfraConfig.UtsNS}} {{.RestartPolicy}}.'
      expect(await box.ok(['pod', 'inspect', '--format', facts, 'p'])).toBe('[ipc net uts pid] private private .')
    })
  })

  test('what the pod has, a member may not ask for', async () => {
    await inPod('p', ['--network', 'none'], async (box) => {
      const refused = async (...flags: string[]) => {
        const { code, stderr } = await box.try(['create', '--pod', 'p', ...flags, busybox])
        expect(code).toBe(125)
        return stderr
      }
      expect(await refused('--hostname', 'x')).toContain('cannot set hostname when joining the pod UTS namespace')
      expect(await refused('-p', '80:80')).toContain('ports must be defined when the pod is created')
      expect(await refused('--add-host', 'a:1.2.3.4')).toContain('extra host entries must be specified on the pod')
      expect(await refused('--ip', '10.88.0.9')).toContain('networks must be defined when the pod is created')
      expect(await refused('--userns', 'keep-id')).toContain('--userns and --pod cannot be set together')
      expect(await box.ok(['pod', 'inspect', '--format', '{{.NumContainers}}', 'p'])).toBe('1')
    })
  })

  test('volumes, devices and name files of the pod are its members’, too', async () => {
    const { box } = shared
    const data = join(box.folder, 'data')
    writeFileSync(data, 'from the host')
    const flags = [
      '--network',
      'none',
      '-v',
      `${data}:/data:ro`,
      '--add-host',
      'far:10.1.2.3',
      '--device',
      '/dev/null:/dev/other',
    ]
    await inPod('p', flags, async () => {
      const script = 'cat /data; echo; grep far /etc/hosts; test -c /dev/other && echo device'
      const out = await box.ok(['run', '--rm', '--pod', 'p', busybox, 'sh', '-c', script])
      expect(out).toBe('from the host\n10.1.2.3\tfar\ndevice')
    })
  })

  test('members that run find each other by name', async () => {
    await inPod('p', ['--network', 'none'], async (box) => {
      await box.ok(['run', '-d', '--name', 'one', '--pod', 'p', busybox, 'sleep', '1000'])
      const seen = await box.ok(['run', '--rm', '--name', 'two', '--pod', 'p', busybox, 'cat', '/etc/hosts'])
      expect(seen.split('\n').slice(-2)).toEqual(['127.0.0.1\tone', '127.0.0.1\ttwo'])
      expect(await box.ok(['exec', 'one', 'cat', '/etc/hosts'])).toBe(seen.replace('\n127.0.0.1\ttwo', ''))
      await box.ok(['rm', '--force', '--time', '0', 'one'])
      const last = await box.ok(['run', '--name', 'three', '--pod', 'p', busybox, 'cat', '/etc/hosts'])
      expect(last).toBe(seen.replace('\tone\n127.0.0.1\ttwo', '\tthree'))
    })
  })

  test('a user namespace of the pod is its members’', async () => {
    await inPod('p', ['--network', 'none', '--uidmap', '0:200000:5000'], async (box) => {
      const map = await box.ok(['run', '--rm', '--pod', 'p', busybox, 'cat', '/proc/self/uid_map'])
      expect(map.trim().split(/ +/)).toEqual(['0', '200000', '5000'])
    })
  })
})

describe('the control group', () => {
  const group = async (box: Box, name: string) => box.ok(['pod', 'inspect', '--format', '{{.CgroupPath}}', name])
  const isUnified = existsSync('/sys/fs/cgroup/cgroup.controllers')
  const limitFile = (path: string) =>
    isUnified ? `/sys/fs/cgroup${path}/memory.max` : `/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`

  test('limits hold for all members together, also after a restart, and go when the pod stops', async () => {
    const { box } = shared
    await inPod('p', ['--infra=false', '--memory', '64m', '--cpuset-cpus', '0'], async () => {
      const own = await box.ok(['run', '--rm', '--pod', 'p', busybox, 'cat', '/proc/self/cgroup'])
      const path = await group(box, 'p')
      expect(own).toContain(`${path}/gantry-`)
      expect(
        await box.ok(['run', '--rm', '--pod', 'p', busybox, 'grep', 'Cpus_allowed_list', '/proc/self/status']),
      ).toMatch(/\t0$/)
      const hog = 'head -c 100000000 /dev/zero | tail > /dev/null'
      expect((await box.try(['run', '--rm', '--pod', 'p', busybox, 'sh', '-c', hog])).code).not.toBe(0)
      await box.ok(['create', '--name', 'm', '--pod', 'p', busybox, 'sleep', '1000'])
      for (let round = 0; round < 2; round += 1) {
        await box.ok(['pod', 'start', 'p'])
        expect(readFileSync(limitFile(path), 'utf8').trim()).toBe(String(64 * 1024 * 1024))
        await box.ok(['pod', 'stop', '-t', '0', 'p'])
        expect(existsSync(limitFile(path))).toBe(false)
      }
    })
  })
})

describe('the life of a pod', () => {
  test('start, pause, kill, restart and stop reach all members; states and events have podman’s words', async () => {
    await inPod('p', ['--network', 'none'], async (box) => {
      expect(await stateOf(box, 'p')).toBe('Created')
      for (const name of ['a', 'b']) await box.ok(['create', '--name', name, '--pod', 'p', busybox, 'sleep', '1000'])
      expect(await box.ok(['pod', 'start', 'p'])).toBe('p')
      expect(await stateOf(box, 'p')).toBe('Running')
      await box.ok(['pod', 'pause', 'p'])
      expect(await stateOf(box, 'p')).toBe('Paused')
      await box.ok(['pod', 'unpause', 'p'])
      await box.ok(['kill', 'a'])
      await box.ok(['wait', 'a'])
      expect(await stateOf(box, 'p')).toBe('Degraded')
      const before = await box.inspect('b')
      await box.ok(['stop', '-t', '0', 'b'])
      await box.ok(['pod', 'restart', 'p'])
      expect((await box.inspect('b')).State['StartedAt']).not.toBe(before.State['StartedAt'])
      const busy = await box.try(['pod', 'rm', 'p'])
      expect(busy.code).toBe(125)
      expect(busy.stderr).toMatch(/^Error: not all containers could be removed from pod .*: removing pod containers/)
      await box.ok(['pod', 'kill', 'p'])
      for (const name of ['a', 'b']) await box.ok(['wait', name])
      await box.ok(['pod', 'stop', 'p'])
      expect(await stateOf(box, 'p')).toBe('Exited')
      const events = await box.ok(['events', '--stream=false', '--filter', 'pod=p', '--format', '{{.Status}}'])
      const lifeOf = ['create', 'start', 'pause', 'unpause', 'stop', 'start', 'restart', 'kill', 'stop']
      expect(events.split('\n').slice(-lifeOf.length)).toEqual(lifeOf)
    })
  })

  test('a member’s start starts the infra container; that goes only with the pod', async () => {
    await inPod('p', ['--network', 'none', '--infra-name', 'base'], async (box) => {
      await box.ok(['run', '-d', '--name', 'a', '--pod', 'p', busybox, 'sleep', '1000'])
      expect((await box.inspect('base')).State['Status']).toBe('running')
      expect(await box.inspect('base')).toMatchObject({ IsInfra: true, ImageName: '' })
      for (const flags of [[], ['--force']]) {
        const { code, stderr } = await box.try(['rm', ...flags, 'base'])
        expect(code).toBe(125)
        expect(stderr).toContain('and cannot be removed without removing the pod')
      }
      const gone = await box.ok(['rm', '--force', '--time', '0', '--depend', 'base'])
      expect(gone.split('\n')).toHaveLength(2)
      expect((await box.try(['pod', 'exists', 'p'])).code).toBe(1)
    })
  })

  test('exit policy stop ends the pod with its last member, continue does not', async () => {
    await inPod('p', ['--network', 'none', '--exit-policy', 'stop'], async (box) => {
      await box.ok(['run', '--pod', 'p', busybox, 'true'])
      expect(await stateOf(box, 'p')).toBe('Exited')
    })
    await inPod('p', ['--network', 'none'], async (box) => {
      await box.ok(['run', '--pod', 'p', busybox, 'true'])
      expect(await stateOf(box, 'p')).toBe('Degraded')
    })
  })

  test('init containers run in order before the others; once ones go', async () => {
    await inPod('p', ['--network', 'none'], async (box) => {
      const step = (word: string) => ['sh', '-c', `echo ${word} >> /dev/shm/steps`]
      await box.ok(['create', '--init-ctr', 'once', '--pod', 'p', '--name', 'first', busybox, ...step('first')])
      await box.ok(['create', '--init-ctr', 'always', '--pod', 'p', '--name', 'second', busybox, ...step('second')])
      await box.ok(['create', '--pod', 'p', '--name', 'main', busybox, 'sh', '-c', 'cat /dev/shm/steps; sleep 1000'])
      await box.ok(['pod', 'start', 'p'])
      expect(await box.ok(['pod', 'logs', '--container', 'main', 'p'])).toBe('first\nsecond')
      expect(await box.ok(['ps', '-a', '--filter', 'pod=p', '--format', '{{.Names}}'])).not.toContain('first')
      const late = await box.try(['create', '--init-ctr', 'once', '--pod', 'p', busybox, 'true'])
      expect(late.stderr).toContain('cannot add init-ctr to a running pod')
    })
  })

  test('members are restarted as the pod says, unless they say otherwise', async () => {
    await inPod('p', ['--network', 'none', '--restart', 'on-failure'], async (box) => {
      const policyOf = async (name: string) =>
        box.ok(['inspect', '--format', '{{.HostConfig.RestartPolicy.Name}}', name])
      await box.ok(['create', '--name', 'a', '--pod', 'p', busybox])
      await box.ok(['create', '--name', 'b', '--restart', 'always', '--pod', 'p', busybox])
      expect([await policyOf('a'), await policyOf('b')]).toEqual(['on-failure', 'always'])
    })
  })
})

describe('making and finding', () => {
  test('run --pod new: makes the pod with the container’s name and host; a failure leaves neither', async () => {
    const { box } = shared
    expect(await box.ok(['run', '--rm', '--network', 'none', '--pod', 'new:n', busybox, 'hostname'])).toBe('n')
    expect((await box.try(['run', '--network', 'none', '--pod', 'new:n', busybox, 'true'])).stderr).toContain(
      'pod already exists',
    )
    await box.ok(['pod', 'rm', 'n'])
    expect((await box.try(['create', '--pod', 'new:n', '--network', 'none', 'localhost/none:such', 'true'])).code).toBe(
      125,
    )
    expect((await box.try(['create', '--pod', 'new:n', '--network', 'none', '--requires', 'none', busybox])).code).toBe(
      125,
    )
    expect(await box.ok(['pod', 'ps', '-q'])).toBe('')
    expect(readdirSync(join(box.root, 'pods'))).toEqual([])
  })

  test('--pod-id-file names the pod to create and rm, and goes with it', async () => {
    const { box } = shared
    const file = join(box.folder, 'pod.id')
    const id = await box.ok(['pod', 'create', '--network', 'none', '--pod-id-file', file])
    expect(readFileSync(file, 'utf8')).toBe(id)
    await box.ok(['create', '--pod-id-file', file, busybox])
    expect(await box.ok(['pod', 'inspect', '--format', '{{.NumContainers}}', id])).toBe('2')
    await box.ok(['pod', 'rm', '--pod-id-file', file])
    expect(existsSync(file)).toBe(false)
  })

  test('pod ps and ps know names, filters, formats and columns', async () => {
    await inPod('p', ['--network', 'none', '--label', 'tier=web'], async (box) => {
      const id = await box.ok(['run', '-d', '--name', 'a', '--pod', 'p', busybox, 'sleep', '1000'])
      const [heading, row] = (await box.ok(['pod', 'ps'])).split('\n')
      expect(heading?.split(/ {2,}/)).toEqual(['POD ID', 'NAME', 'STATUS', 'CREATED', 'INFRA ID', '# OF CONTAINERS'])
      expect(row).toMatch(/^[0-9a-f]{12} {2}p +Running .* ago {2}[0-9a-f]{12} {2}2$/)
      const named = async (filter: string) => box.ok(['pod', 'ps', '--filter', filter, '--format', '{{.Name}}'])
      for (const filter of [
        'label=tier',
        'name=^p$',
        `ctr-ids=${id.slice(0, 9)}`,
        'ctr-names=a',
        'status=running',
        'ctr-number=2',
      ])
        expect(await named(filter), filter).toBe('p')
      for (const filter of ['label=tier=db', 'name=q', 'status=exited', 'ctr-number=1'])
        expect(await named(filter)).toBe('')
      const pod = JSON.parse(await box.ok(['pod', 'ps', '--format', 'json'])) as Record<string, unknown>[]
      expect(Object.keys(pod[0] ?? {})).toEqual(
        'Cgroup Containers Created Id InfraId Name Namespace Networks Status Labels'.split(' '),
      )
      expect(await box.ok(['ps', '--pod', '--noheading', '--filter', 'name=^a$'])).toMatch(/ a +[0-9a-f]{12} {2}p$/)
      expect(await box.ok(['ps', '--filter', 'pod=p', '--format', '{{.PodName}} {{.IsInfra}}'])).toBe('p true\np false')
      expect(await box.ok(['pod', 'top', 'p', 'args'])).toMatch(/^COMMAND\n\/pause\nsleep 1000$/)
    })
  })

  test('pod clone makes the same pod anew, with its containers, under names and limits of its own', async () => {
    await inPod('p', ['--network', 'none', '--label', 'tier=web'], async (box) => {
      await box.ok(['create', '--name', 'a', '--pod', 'p', busybox, 'sh', '-c', 'hostname; exec sleep 1000'])
      const id = await box.ok(['pod', 'clone', '--start', '--memory', '64m', 'p'])
      const facts = '{{.Name}} {{.State}} {{.Labels}} {{.NumContainers}} {{.MemoryLimit}}'
      expect(await box.ok(['pod', 'inspect', '--format', facts, id])).toBe('p-clone Running map[tier:web] 2 67108864')
      expect(await box.ok(['pod', 'logs', 'p-clone'])).toBe('p-clone')
      expect(await stateOf(box, 'p')).toBe('Created')
      expect((await box.try(['pod', 'clone', 'p', 'p-clone'])).code).toBe(125)
      await box.ok(['pod', 'rm', '-f', '-t', '0', 'p-clone'])
      await box.ok(['pod', 'clone', '--destroy', 'p', 'q'])
      expect(await box.ok(['pod', 'ps', '--format', '{{.Name}}'])).toBe('q')
      await box.ok(['pod', 'rm', 'q'])
    })
  })

  test('pod clone into another user namespace, and out of it', async () => {
    await inPod('p', ['--network', 'none'], async (box) => {
      await box.ok(['create', '--name', 'a', '--pod', 'p', busybox, 'sleep', '1000'])
      const seen = async (pod: string) => {
        const names = await box.ok(['ps', '--filter', `pod=${pod}`, '--format', '{{.Names}}'])
        const member = names.split('\n').find((name) => !name.endsWith('-infra')) ?? ''
        const script = 'tr -s " " < /proc/self/uid_map; tr -s " " < /proc/self/gid_map; stat -c %u:%g /bin; id -u'
        const lines = (await box.ok(['exec', member, 'sh', '-c', script])).split('\n').map((line) => line.trim())
        const [own, pods] = [await namespaceOf(member), await namespaceOf(`${pod}-infra`)]
        return [...lines, own === pods ? 'shared' : 'other'].join(', ')
      }
      const namespaceOf = async (name: string) => {
        const pid = await box.ok(['inspect', '--format', '{{.State.Pid}}', name])
        return readlinkSync(`/proc/${pid}/ns/user`)
      }
      const clone = async (from: string, to: string, ...flags: string[]) =>
        box.ok(['pod', 'clone', '--start', '--infra-name', `${to}-infra`, ...flags, from, to])
      await clone('p', 'mapped', '--uidmap', '0:200000:1000', '--gidmap', '0:300000:2000')
      expect(await seen('mapped')).toBe('0 200000 1000, 0 300000 2000, 0:0, 0, shared')
      await clone('mapped', 'auto', '--userns', 'auto:size=500')
      expect(await seen('auto')).toMatch(/^0 \d+ 500, 0 \d+ 500, 0:0, 0, shared$/)
      const annotated = '{{index .Config.Annotations "io.podman.annotations.userns"}}'
      expect(await box.ok(['inspect', '-f', annotated, 'auto-infra'])).toBe('auto')
      await clone('auto', 'kept', '--userns', 'keep-id:uid=7,gid=8')
      expect(await seen('kept')).toMatch(/, 7, shared$/)
      await clone('kept', 'hosts', '--userns', 'host')
      expect(await seen('hosts')).toBe('0 0 4294967295, 0 0 4294967295, 0:0, 0, shared')
      await box.ok(['pod', 'rm', '-f', '-t', '0', 'mapped', 'auto', 'hosts', 'kept'])
      const twice = await box.try(['pod', 'clone', '--userns', 'host', '--uidmap', '0:1:1', 'p', 'q'])
      expect(twice.code).toBe(125)
      await box.ok(['create', '--name', 'own', '--pod', 'p', '--uidmap', '0:200000:10', busybox, 'true'])
      const own = await box.try(['pod', 'clone', '--userns', 'auto', 'p', 'q'])
      expect(own).toMatchObject({ code: 125, stderr: expect.stringContaining('cannot specify a new uid/gid map') })
      expect((await box.try(['pod', 'exists', 'q'])).code).toBe(1)
    })
  })

  test('pod clone’s flags change the new pod, and what its containers have of it', async () => {
    await inPod(
      'p',
      ['--network', 'none', '--label', 'a=b', '--volume', '/etc:/kept', '--restart', 'on-failure:2'],
      async (box) => {
        await box.ok(['create', '--name', 'a', '--pod', 'p', busybox, 'sleep', '1000'])
        await box.ok([
          'create',
          '--name',
          'b',
          '--pod',
          'p',
          '--restart',
          'no',
          '--volume',
          '/usr:/own',
          busybox,
          'sleep',
          '1000',
        ])
        const changes = [
          ...[
            '--label',
            'c=d',
            '--hostname',
            'other',
            '--restart',
            'always',
            '--shm-size',
            '10m',
            '--device',
            '/dev/fuse',
          ],
          ...['--volume', '/opt:/new', '--volume', '/var:/own', '--sysctl', 'kernel.shmmax=12345678'],
          ...[
            '--security-opt',
            'no-new-privileges',
            '--infra-name',
            'front',
            '--infra-conmon-pidfile',
            `${box.folder}/pid`,
          ],
        ]
        await box.ok(['pod', 'clone', '--start', ...changes, 'p', 'q'])
        expect(await box.ok(['pod', 'inspect', '--format', '{{.Labels}} {{.Hostname}} {{.RestartPolicy}}', 'q'])).toBe(
          'map[a:b c:d] other always',
        )
        const of = async (name: string) =>
          box.ok([
            'inspect',
            '--format',
            '{{range .Mounts}}{{.Source}}:{{.Destination}} {{end}}{{.HostConfig.RestartPolicy.Name}}',
            name,
          ])
        expect(await of('a-clone')).toBe('/etc:/kept /opt:/new /var:/own always')
        expect(await of('b-clone')).toBe('/etc:/kept /opt:/new /usr:/own no')
        expect(await of('front')).toBe('/etc:/kept /opt:/new /var:/own always')
        const script =
          'hostname; cat /proc/sys/kernel/shmmax; grep -o size=.*k /proc/mounts; ls /dev/fuse; grep NoNewPrivs /proc/self/status'
        const seen = await box.ok(['exec', 'a-clone', 'sh', '-c', script])
        for (const line of [/^other$/m, /^12345678$/m, /size=10240k/, /^\/dev\/fuse$/m, /NoNewPrivs:\t1/])
          expect(seen).toMatch(line)
        expect(readFileSync(`${box.folder}/pid`, 'utf8')).toMatch(/^\d+$/)
        await box.ok(['pod', 'rm', '-f', '-t', '0', 'q'])

        await box.ok(['pod', 'create', '--name', 'lone', '--infra=false'])
        expect((await box.try(['pod', 'clone', '--hostname', 'h', 'lone', 'q'])).stderr).toContain(
          'has no infra container',
        )
        await box.ok(['pod', 'clone', '--label', 'c=d', 'lone', 'q'])
        await box.ok(['pod', 'rm', 'lone', 'q'])
      },
    )
  })

  test('what contradicts itself is refused, and nothing is made', async () => {
    const { box } = shared
    const refused = async (...flags: string[]) => (await box.try(['pod', 'create', ...flags])).stderr
    expect(await refused('--share', 'bogus')).toContain('Options are: cgroup, ipc, net, pid, uts or none')
    expect(await refused('--exit-policy', 'never')).toContain('invalid pod exit policy: "never"')
    expect(await refused('--infra=false', '-p', '80')).toContain('must have an infra container to publish')
    expect(await refused('--network', 'none', '--memory', '1m')).toContain('minimum memory limit')
    expect(await refused('--network', 'nosuch')).toContain('network not found')
    expect(await refused('--replace')).toContain('cannot replace pod without --name being set')
    expect(await box.ok(['pod', 'ps', '-q'])).toBe('')
    expect(await box.try(['pod', 'rm', 'bogus'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no such pod'),
    })
  })

  test('system check names a member without a pod and a claim without one, and repairs', async () => {
    const { box } = shared
    const id = await box.ok(['pod', 'create', '--name', 'p', '--network', 'none'])
    await box.ok(['create', '--name', 'a', '--pod', 'p', busybox])
    rmSync(join(box.root, 'pods', id), { recursive: true })
    const found = await box.findings()
    expect(found.filter((line) => line.includes('which is not there'))).toHaveLength(3)
    await box.try(['system', 'check', '--repair'], { isChecked: false })
    expect(await box.findings()).toEqual([])
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })

  test('two commands at once on one pod leave it whole', async () => {
    await inPod('p', ['--network', 'none'], async (box) => {
      await box.ok(['create', '--name', 'a', '--pod', 'p', busybox, 'sleep', '1000'])
      const both = await Promise.all([box.try(['pod', 'start', 'p']), box.try(['pod', 'start', 'p'])])
      expect(both.map(({ code }) => code)).toEqual([0, 0])
      expect(await stateOf(box, 'p')).toBe('Running')
      const mixed = [
        box.try(['pod', 'rm', '-f', '-t', '0', 'p']),
        box.try(['run', '--rm', '--pod', 'p', busybox, 'true']),
      ]
      const [removal] = await Promise.all(mixed)
      expect(removal?.code).toBe(0)
      expect(await box.ok(['ps', '-aq'])).toBe('')
    })
  })
})
