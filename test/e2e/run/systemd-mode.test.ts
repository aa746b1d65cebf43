// --systemd, seen from inside. systemd itself as the first process: test/vm/guest/systemd.ts.

import { existsSync, readdirSync } from 'node:fs'
import { expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const always = ['--systemd', 'always']

realTest('what systemd wants to find is there, and what it is stopped by', async () => {
  const folders = ['/run', '/run/lock', '/tmp', '/var/log/journal']
  const mounted = folders.map((path) => `grep -c " ${path} tmpfs rw,nosuid,nodev" /proc/mounts`).join('; ')
  expect(await world.out(always, `${mounted}; touch /run/lock/x && cat /run/.containerenv`)).toBe('1\n1\n1\n1')
  const id = await world.box.ok([
    'create',
    '--network',
    'none',
    ...always,
    busyboxName,
    'sh',
    '-c',
    'echo $container_uuid',
  ])
  expect(await world.box.ok(['start', '-a', id])).toBe(id.slice(0, 32))
  const shown = '{{.Config.SystemdMode}} {{.Config.StopSignal}}'
  expect(await world.box.ok(['inspect', '-f', shown, id])).toBe('true SIGRTMIN+3')
  await world.box.ok(['rm', id])
})

realTest('its control group is writable, and nothing of it runs on the host', async () => {
  const isNamed = existsSync('/sys/fs/cgroup/systemd')
  const group = isNamed ? '/sys/fs/cgroup/systemd' : '/sys/fs/cgroup'
  expect(await world.out(always, `mkdir ${group}/probe-$$ && rmdir ${group}/probe-$$ && echo made`)).toBe('made')
  if (!isNamed) return
  const { stdout } = await world.sh(always, `echo /evil >${group}/release_agent; cat ${group}/release_agent`)
  expect(stdout).toBe('')
})

realTest('the consoles of the host are not its own, though it is privileged', async () => {
  const consoles = 'cd /dev; ls | grep -c "^tty[0-9]"; ls -d tty null'
  const { stdout } = await world.sh(['--privileged', ...always], consoles)
  expect(stdout).toBe('0\nnull\ntty\n')
  const count = readdirSync('/dev').filter((name) => /^tty\d/.test(name)).length
  expect(await world.out(['--privileged'], 'ls /dev | grep -c "^tty[0-9]"; true')).toBe(`${count}`)
})

realTest('the command decides; the user’s own mounts and signal stay', async () => {
  const create = async (...words: string[]) => world.box.ok(['create', '--network', 'none', ...words])
  const shown = async (id: string) =>
    world.box.ok(['inspect', '-f', '{{.Config.SystemdMode}} {{.Config.StopSignal}}', id])
  expect(await shown(await create(busyboxName, '/sbin/init'))).toBe('true SIGRTMIN+3')
  expect(await shown(await create('--stop-signal', 'INT', busyboxName, '/sbin/init'))).toBe('true SIGINT')
  expect(await shown(await create('--systemd', 'false', busyboxName, '/sbin/init'))).toBe('false SIGTERM')
  expect(await shown(await create(busyboxName, 'sh'))).toBe('false SIGTERM')
  await world.box.ok(['rm', '-a'])
  const flags = [...always, '--tmpfs', '/tmp:size=64k', '--shm-size-systemd', '1m', '--read-only']
  const sizes = 'for d in /run /tmp; do grep " $d tmpfs" /proc/mounts | grep -o "size=[0-9k]*"; done'
  expect(await world.out(flags, sizes)).toBe('size=1024k\nsize=64k')
  const bad = await world.box.try(['create', '--systemd', 'maybe', busyboxName])
  expect([bad.code, bad.stderr]).toEqual([125, expect.stringContaining('maybe')])
})
