// Pods of an ordinary user.

import { expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { busyboxContainer as container, podManifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc')

test('an ordinary user’s members share what root’s do, and stop and go with the pod', async () => {
  await using box = openBox({ user: testUser('gantry-rootless') })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['pod', 'create', '--name', 'p'])
  await box.ok(['run', '-d', '--name', 'a', '--pod', 'p', busybox, 'sh', '-c', 'touch /dev/shm/a; exec sleep 1000'])
  const script = 'hostname; ls /dev/shm; readlink /proc/self/ns/net'
  const [host, file, network] = (await box.ok(['run', '--rm', '--pod', 'p', busybox, 'sh', '-c', script])).split('\n')
  expect([host, file]).toEqual(['p', 'a'])
  expect(await box.ok(['exec', 'a', 'readlink', '/proc/self/ns/net'])).toBe(network)
  expect(await box.ok(['pod', 'ps', '--noheading', '--format', '{{.Status}}'])).toBe('Running')
  await box.ok(['pod', 'stop', '-t', '0', 'p'])
  expect(await box.ok(['pod', 'inspect', '--format', '{{.State}}{{.CgroupPath}}', 'p'])).toMatch(/^Exited/)
  expect(await box.ok(['pod', 'rm', 'p'])).toMatch(/^[0-9a-f]{64}$/)
  expect(await box.ok(['ps', '-aq'])).toBe('')
})

test('with keep-id members run as the user', async () => {
  const user = testUser('gantry-rootless')
  await using box = openBox({ user })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['pod', 'create', '--name', 'p', '--userns', 'keep-id'])
  expect(await box.ok(['run', '--rm', '--pod', 'p', busybox, 'id', '-u'])).toBe(String(user.uid))
  await box.ok(['pod', 'rm', '-f', 'p'])
})

test('probes of a manifest reach into the network of an ordinary user’s pod, also with a user namespace of its own', async () => {
  await using box = openBox({ user: testUser('gantry-rootless') })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const livenessProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1 }
  const text = podManifest('p', { containers: [container('c', 'exec httpd -f -p 8080 -h /', { livenessProbe })] })
  for (const flags of [[], ['--userns', 'keep-id']]) {
    await box.ok(['kube', 'play', '--replace', ...flags, '-'], { stdin: text })
    await box.ok(['wait', '--condition', 'healthy', 'p-c'])
  }
  await box.ok(['pod', 'rm', '-f', '-t', '0', 'p'])
})
