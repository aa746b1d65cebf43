// Namespaces, seen from inside and compared with the host's and with each other.

import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const inside = (type: string) => `readlink /proc/self/ns/${type}`
const onHost = (type: string) => readlinkSync(`/proc/self/ns/${type}`)

describe('the host’s, or its own', () => {
  realTest.for(['pid', 'ipc', 'uts'])('--%s', async (type) => {
    expect(await world.out([`--${type}`, 'host'], inside(type))).toBe(onHost(type))
    expect(await world.out([], inside(type))).not.toBe(onHost(type))
    expect(await world.out([`--${type}`, 'private'], inside(type))).not.toBe(onHost(type))
  })

  realTest('--network host and none', async () => {
    const run = async (mode: string, script: string) =>
      world.box.ok(['run', '--rm', '--network', mode, busyboxName, 'sh', '-c', script])
    expect(await run('host', inside('net'))).toBe(onHost('net'))
    expect(await run('none', inside('net'))).not.toBe(onHost('net'))
    expect(await run('none', 'ls /sys/class/net; ip addr show lo | grep -c 127.0.0.1')).toBe('lo\n1')
  })

  realTest('--uts host has the host’s name, which --hostname may not change', async () => {
    expect(await world.out(['--uts', 'host'], 'hostname')).toBe(hostname())
    const { code, stderr } = await world.sh(['--uts', 'host', '--hostname', 'x'], 'true')
    expect(stderr).toContain('cannot set hostname when running in the host UTS namespace')
    expect(code).toBe(125)
  })

  realTest('--pid host sees the processes of the host', async () => {
    expect(Number(await world.out(['--pid', 'host'], 'ls /proc | grep -c "^[0-9]*$"'))).toBeGreaterThan(5)
  })
})

describe('another container’s', () => {
  realTest('--pid, --ipc, --uts and --network container:NAME', async () => {
    const { box } = world
    await box.ok([
      'run',
      '-d',
      '--name',
      'first',
      '--network',
      'none',
      '--hostname',
      'first.example',
      busyboxName,
      'sleep',
      '1000',
    ])
    const flags = ['pid', 'ipc', 'uts'].flatMap((type) => [`--${type}`, 'container:first'])
    const words = ['run', '--rm', ...flags, '--network', 'container:first', busyboxName, 'sh', '-c']
    const script = ['pid', 'ipc', 'uts', 'net'].map(inside).join('; ')
    expect(await box.ok([...words, script])).toBe(await box.ok(['exec', 'first', 'sh', '-c', script]))
    expect(await box.ok([...words, 'cat /proc/1/comm; hostname'])).toBe('sleep\nfirst.example')
    await box.ok([...words, 'echo shared >/dev/shm/file'])
    expect(await box.ok(['exec', 'first', 'cat', '/dev/shm/file'])).toBe('shared')
    const { stderr } = await box.try(['rm', '-f', '-t', '0', 'none-such'])
    expect(stderr).toBe('')
    await box.ok(['rm', '-f', '-t', '0', 'first'])
  })

  realTest('one that is not there is refused, one that does not run is started', async () => {
    const { box } = world
    const missing = await box.try(['run', '--rm', '--network', 'container:nobody', busyboxName, 'true'])
    expect(missing.stderr).toContain('no container with name or ID "nobody" found: no such container')
    expect(missing.code).toBe(125)
    await box.ok(['create', '--name', 'idle', '--network', 'none', busyboxName, 'sleep', '1000'])
    await box.ok(['run', '--rm', '--network', 'container:idle', busyboxName, 'true'])
    expect(await box.inspect('idle')).toMatchObject({ State: { Status: 'running' } })
    await box.ok(['rm', '-f', '-t', '0', 'idle'])
  })

  realTest('--cgroupns container:NAME, of one with a namespace of its own and of one in the host’s', async () => {
    const { box } = world
    for (const mode of ['private', 'host']) {
      const flags = ['--cgroupns', mode, '--network', 'none', '--name', mode]
      await box.ok(['run', '-d', ...flags, busyboxName, 'sleep', '1000'])
      const joined = await world.out(['--cgroupns', `container:${mode}`], inside('cgroup'))
      expect(joined).toBe(await box.ok(['exec', mode, 'readlink', '/proc/self/ns/cgroup']))
      expect(joined === onHost('cgroup')).toBe(mode === 'host')
      await box.ok(['rm', '-f', '-t', '0', mode])
    }
    const { code, stderr } = await world.sh(['--cgroupns', 'strange'], 'true')
    expect(stderr).toContain('unrecognized cgroup namespace mode strange passed')
    expect(code).toBe(125)
  })

  realTest('--ipc private is not shared', async () => {
    const { box } = world
    await box.ok([
      'run',
      '-d',
      '--name',
      'alone',
      '--ipc',
      'private',
      '--network',
      'none',
      busyboxName,
      'sleep',
      '1000',
    ])
    const { code, stderr } = await world.sh(['--ipc', 'container:alone'], 'true')
    expect(stderr).toContain('is not allowed: non-shareable IPC (hint: use IpcMode:shareable for the donor container)')
    expect(code).toBe(125)
    await box.ok(['rm', '-f', '-t', '0', 'alone'])
  })
})

describe('by path', () => {
  realTest('--network ns:PATH', async () => {
    const name = `gantry-test-${process.pid}`
    execFileSync('ip', ['netns', 'add', name])
    try {
      execFileSync('ip', ['-n', name, 'link', 'add', 'mark0', 'type', 'veth', 'peer', 'mark1'])
      const path = `/var/run/netns/${name}`
      const words = ['run', '--rm', '--network', `ns:${path}`, busyboxName, 'ls', '/sys/class/net']
      expect(await world.box.ok(words)).toBe('lo\nmark0\nmark1')
    } finally {
      execFileSync('ip', ['netns', 'del', name])
    }
  })
})

describe('--userns', () => {
  const map = 'tr -s " " </proc/self/uid_map | cut -d" " -f2-'

  realTest('host is the usual one', async () => {
    expect(await world.out([], map)).toBe('0 0 4294967295')
    expect(await world.out(['--userns', 'host'], map)).toBe('0 0 4294967295')
  })

  realTest('keep-id is refused for root as podman does, or maps', async () => {
    const { code, stdout, stderr } = await world.sh(['--userns', 'keep-id'], map)
    if (code === 0) expect(stdout.trim()).not.toBe('')
    else expect(stderr).toContain('keep-id')
  })

  realTest('an unknown mode', async () => {
    const { code, stderr } = await world.sh(['--userns', 'bogus'], 'true')
    expect(stderr).toContain('bogus')
    expect(code).toBe(125)
  })
})
