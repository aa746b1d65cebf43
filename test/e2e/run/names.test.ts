// Flags of names, name servers and variables that come from the host, seen from inside; several to a container.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName as busybox } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const world = busyboxBox()

test('--add-host, --hosts-file, --dns, --dns-search, --dns-option and --no-hostname', async () => {
  const base = join(world.box.folder, 'hosts')
  writeFileSync(base, '10.0.0.9 of-the-file # a comment\n')
  const names = ['--add-host', 'one:10.0.0.1', '--add-host', 'two;three:10.0.0.2', '--hosts-file', base]
  const dns = ['--dns', '192.0.2.7', '--dns', '192.0.2.8', '--dns-search', 'a.example', '--dns-option', 'ndots:3']
  const script =
    'grep ^10 /etc/hosts; cat /etc/resolv.conf; grep -c /etc/hostname /proc/mounts; test -s /etc/hostname || echo none'
  // Without a network there are no name servers to be had.
  const words = ['run', '--rm', '--network', 'host', ...names, ...dns, '--no-hostname', busybox, 'sh', '-c', script]
  expect((await world.box.ok(words)).split('\n')).toEqual([
    ...['10.0.0.1\tone', '10.0.0.2\ttwo three', '10.0.0.9\tof-the-file'],
    ...['search a.example', 'nameserver 192.0.2.7', 'nameserver 192.0.2.8', 'options ndots:3'],
    ...['0', 'none'],
  ])
})

test('--no-hosts leaves the image’s file, or none', async () => {
  expect(
    await world.out(['--no-hosts', '--tz', 'UTC'], 'grep -c " /etc/hosts " /proc/mounts; cat /etc/hosts; true'),
  ).toBe('0')
})

test('--env-host and --http-proxy bring variables of ours along', async () => {
  const env = { MINE: 'yes', https_proxy: 'http://proxy.example:1', NO_PROXY: 'localhost' }
  const seen = async (...flags: string[]) => {
    const script = 'echo "$MINE|$https_proxy|$NO_PROXY"'
    return world.box.ok(['run', '--rm', '--network', 'none', ...flags, busybox, 'sh', '-c', script], { env })
  }
  expect(await seen()).toBe('|http://proxy.example:1|localhost')
  expect(await seen('--http-proxy=false')).toBe('||')
  expect(await seen('--env-host')).toBe('yes|http://proxy.example:1|localhost')
  expect(await seen('--env-host', '--unsetenv', 'MINE', '-e', 'https_proxy=other')).toMatch(
    /^(yes)?\|other\|localhost$/,
  )
})

test('--subgidname gives the groups of that name; --security-opt label and apparmor leave the rest as it is', async () => {
  const flags = ['--subuidname', 'containers', '--subgidname', 'containers', '--security-opt', 'label=disable']
  const script = 'cat /proc/self/gid_map; touch /mine; stat -c %g /mine; grep ^Seccomp: /proc/self/status | cut -f2'
  const [map = '', group, seccomp] = (
    await world.out([...flags, '--security-opt', 'apparmor=unconfined'], script)
  ).split('\n')
  const [inside, outside] = map.trim().split(/\s+/).map(Number)
  expect([inside, group, seccomp]).toEqual([0, '0', '2'])
  expect(outside).toBeGreaterThan(0)
})

test('--log-opt path and tag', async () => {
  const { box } = world
  mkdirSync(join(box.folder, 'logs'))
  const path = join(box.folder, 'logs/own.log')
  const flags = [
    '--log-driver',
    'json-file',
    '--log-opt',
    `path=${path}`,
    '--log-opt',
    'tag={{.Name}}',
    '--name',
    'tagged',
  ]
  await box.ok(['run', '--network', 'none', ...flags, busybox, 'echo', 'said'])
  expect(await box.ok(['logs', 'tagged'])).toBe('said')
  expect(
    await box.ok(['inspect', '-f', '{{.HostConfig.LogConfig.Path}} {{.HostConfig.LogConfig.Tag}}', 'tagged']),
  ).toContain(path)
  await box.ok(['rm', 'tagged'])
})

test('--decryption-key: a key that is not there is said, also where the image needs none', async () => {
  const { code, stderr } = await world.box.try(['create', '--network', 'none', '--decryption-key', '/no/key', busybox])
  expect([code, stderr]).toEqual([
    125,
    expect.stringMatching(/^Error: the key file '\/no\/key' cannot be read: no such file or directory\n$/),
  ])
})
