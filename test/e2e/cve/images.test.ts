// What hostile images hold where a start reads: links to the host, pipes that nobody writes into, devices that never end.

import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName as busybox, makeTree } from '../../support/busybox-image.ts'
import { layeredImage, layeredName } from '../../support/layered-image.ts'
import { requires } from '../../support/requires.ts'
import { end, member } from '../../unit/image/tar-bytes.ts'

const test = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const none = ['--network', 'none']
const layer = (...members: Buffer[]) => Buffer.concat([...members, end])
/** More than any of these commands needs, less than a hang. */
const timeoutMs = 20_000
const uidMap = '/proc/self/uid_map'

async function load(...members: Buffer[]): Promise<void> {
  await world.box.ok(['load', '-q', '-i', layeredImage(world.box.folder, [layer(...members)])], { isChecked: false })
}

describe('CVE-2024-9676: /etc/passwd and /etc/group that are no files', () => {
  const kinds = (name: string, host: string) => ({
    link: member({ name, type: '2', link: join(host, 'passwd') }),
    pipe: member({ name, type: '6' }),
    zero: member({ name, type: '3', major: 1, minor: 5, mode: 0o666 }),
    'link to zero': member({ name, type: '2', link: '/dev/zero' }),
    'link to itself': member({ name, type: '2', link: name.split('/')[1] as string }),
  })

  /** A link into /dev leads nowhere as long as nothing is mounted there: then it is the runtime that finds a file without end. */
  test.for([
    ['link', 'a user'],
    ['pipe', 'no file'],
    ['zero', 'no file'],
    ['link to zero', 'an error'],
    ['link to itself', 'a user'],
  ] as const)('a %s: no hang, and nothing of the host', async ([kind, ends]) => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    writeFileSync(join(host, 'passwd'), 'stranger:x:4000:4001::/:/bin/sh\n')
    await load(kinds('etc/passwd', host)[kind], kinds('etc/group', host)[kind])
    const run = async (...words: string[]) => box.try(['run', '--rm', ...none, ...words], { timeoutMs })
    const { code, stdout, stderr } = await run('--user', '12:34', '--userns', 'auto', layeredName, 'cat', uidMap)
    if (ends === 'a user') expect(stdout.trim().split(/\s+/)[2]).toBe('1024')
    else expect(code).toBe(126)
    if (ends === 'no file')
      expect(stderr).toMatch(/^Error: \/etc\/passwd of the container is no regular file: .*\n.*\n$/)
    expect((await run('--user', 'stranger', layeredName, 'true')).code).toBe(126)
    expect(readFileSync(join(host, 'passwd'), 'utf8')).toBe('stranger:x:4000:4001::/:/bin/sh\n')
  })

  test('exec and top look at them just as carefully', async () => {
    const { box } = world
    await box.ok(['run', '-d', '--name', 'web', ...none, busybox, 'sleep', '1000'])
    for (const make of ['mkfifo /etc/passwd', 'ln -s /dev/zero /etc/passwd']) {
      await box.ok(['exec', 'web', 'sh', '-c', `mv /etc/passwd /etc/was; ${make}`])
      for (const flags of [[], ['-u', '5:6'], ['-u', 'user']]) {
        const { code } = await box.try(['exec', ...flags, 'web', 'mv', '/etc/was', '/etc/passwd'], { timeoutMs })
        expect(code).toBe(125)
      }
      expect((await box.try(['top', 'web', 'user', 'huser', 'group'], { timeoutMs })).code).toBe(0)
      const root = `/proc/${String((await box.inspect('web')).State['Pid'])}/root`
      execFileSync('sh', ['-c', `test ! -e ${root}/etc/was || mv -T ${root}/etc/was ${root}/etc/passwd`])
    }
    await box.ok(['rm', '-f', '-t', '0', 'web'])
  })

  test('nothing but a file is even opened', async () => {
    const root = join(world.box.folder, 'root-folder')
    makeTree(root)
    rmSync(join(root, 'etc/passwd'))
    execFileSync('mkfifo', [join(root, 'etc/passwd')])
    // Waits in open(2) until somebody opens the other end.
    const writer = spawn('sh', ['-c', `echo x >${root}/etc/passwd`], { stdio: 'ignore' })
    const words = ['run', '--rm', ...none, '--user', '7', '--rootfs', root, 'true']
    expect((await world.box.try(words, { timeoutMs })).stderr).toContain(
      '/etc/passwd of the container is no regular file',
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect([writer.exitCode, writer.signalCode]).toEqual([null, null])
    writer.kill('SIGKILL')
  })
})

test('--hosts-file image: the hosts file of an image that is a link to the host’s', async () => {
  const { box } = world
  const host = mkdtempSync(join(box.folder, 'host-'))
  writeFileSync(join(host, 'hosts'), '10.9.8.7 of-the-host\n')
  const root = join(box.folder, 'linked-root')
  makeTree(root)
  const hosts = async (words: readonly string[]) =>
    (await box.try(['run', '--rm', ...none, '--hosts-file', 'image', ...words, 'cat', '/etc/hosts'], { timeoutMs }))
      .stdout
  for (const target of [join(host, 'hosts'), `../../../../../../../../..${host}/hosts`, '/dev/zero']) {
    rmSync(join(root, 'etc/hosts'), { force: true })
    symlinkSync(target, join(root, 'etc/hosts'))
    expect(await hosts(['--rootfs', root])).not.toContain('of-the-host')
  }
  rmSync(join(root, 'etc/hosts'))
  writeFileSync(join(root, 'etc/hosts'), '10.9.8.7 of-the-image\n')
  expect(await hosts(['--rootfs', root])).toContain('10.9.8.7\tof-the-image\n')
  await load(member({ name: 'etc/hosts', type: '2', link: join(host, 'hosts') }))
  expect(await hosts([layeredName])).not.toContain('of-the-host')
})

describe('CVE-2024-1753 and CVE-2024-9407: mounts whose ends are links', () => {
  test('the target of a bind or volume that the image leads out', async () => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    writeFileSync(join(host, 'precious'), 'of the host')
    const source = mkdtempSync(join(box.folder, 'source-'))
    writeFileSync(join(source, 'mounted'), 'x')
    await load(
      member({ name: 'out', type: '2', link: host }),
      member({ name: 'up', type: '2', link: `../../../../../../../../..${host}` }),
    )
    for (const target of ['/out', '/up/a/b']) {
      for (const mount of [
        `type=bind,src=${source},dst=${target}`,
        `type=tmpfs,dst=${target}`,
        `type=volume,dst=${target}`,
      ]) {
        const script = `cat ${target}/precious`
        const { stdout } = await box.try(['run', '--rm', ...none, '--mount', mount, layeredName, 'sh', '-c', script], {
          isChecked: false,
        })
        expect(stdout).not.toContain('of the host')
      }
    }
    expect(execFileSync('find', [host], { encoding: 'utf8' })).toBe(`${host}\n${host}/precious\n`)
    expect(await box.findings()).toEqual([])
  })

  test('a volume’s content is not fetched from where a link of the image leads', async () => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    writeFileSync(join(host, 'precious'), 'of the host')
    await load(
      member({ name: 'data', type: '2', link: host }),
      member({ name: 'more/', type: '5', mode: 0o755 }),
      member({ name: 'more/link', type: '2', link: join(host, 'precious') }),
    )
    const flags = ['-v', 'one:/data', '-v', 'two:/more', '--tmpfs', '/tmp/x']
    const script = `find /data${host}; cat /data/precious /more/link /data${host}/precious; ls /more`
    const { stdout } = await box.try(['run', '--rm', ...none, ...flags, layeredName, 'sh', '-c', script])
    expect(stdout).not.toContain('of the host')
    const data = ['one', 'two'].map((name) => join(box.root, 'volumes', name, '_data'))
    expect(execFileSync('find', [...data, '-type', 'f'], { encoding: 'utf8' })).toBe('')
    await box.ok(['volume', 'rm', '--force', 'one', 'two'])
  })

  test('type=volume,subpath= that leads out of the volume', async () => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    writeFileSync(join(host, 'precious'), 'of the host')
    await box.ok(['volume', 'create', 'led'])
    const own = `ln -s ${host} /v/abs; ln -s ../../../../../../../..${host} /v/up; mkdir /v/d; ln -s /proc/self/root /v/magic`
    await box.ok(['run', '--rm', ...none, '-v', 'led:/v', busybox, 'sh', '-c', own])
    for (const path of [
      'abs',
      'up',
      'd/../../../../../../../../..' + host,
      'magic' + host,
      'abs/precious',
      '/../..' + host,
    ]) {
      const mount = `type=volume,src=led,dst=/m,subpath=${path}`
      const words = ['run', '--rm', ...none, '--mount', mount, busybox, 'sh', '-c', 'cat /m /m/precious']
      expect((await box.try(words, { isChecked: false })).stdout).not.toContain('of the host')
    }
    expect(await box.findings()).toEqual([])
    await box.ok(['volume', 'rm', 'led'])
  })
})

test('an image’s config that names volumes where none can be', async () => {
  const { box } = world
  for (const path of ['/', '/proc', '../../..']) {
    await box.ok(['load', '-q', '-i', layeredImage(box.folder, [], { Volumes: { [path]: {} } })], { isChecked: false })
    await box.try(['run', '--rm', ...none, layeredName, 'true'], { timeoutMs, isChecked: false })
  }
  expect(await box.findings()).toEqual([])
  expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
})
