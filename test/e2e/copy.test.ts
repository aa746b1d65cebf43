// cp, as root and as an ordinary user: Docker's rules for names, what the container sees, and no way out of it.

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  let box: Box
  let host: string
  const isUser = who === 'an ordinary user'

  beforeAll(async () => {
    box = openBox(isUser ? { user: testUser() } : {})
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['run', '--name', 'work', '--network', 'none', busybox, 'mkdir', '-p', '/srv/there'])
    await box.ok(['commit', '-q', 'work', 'with-srv'])
  })
  beforeEach(() => {
    host = mkdtempSync(join(box.folder, 'host-'))
    chmodSync(host, 0o777)
  })
  afterEach(async () => box.ok(['rm', '--all', '--force', '--time', '0', '--volumes']))
  afterAll(async () => box[Symbol.asyncDispose]())

  const running = async (name: string, script = 'true', flags: readonly string[] = []) => {
    await box.ok([
      'run',
      '-d',
      '--name',
      name,
      '--network',
      'none',
      ...flags,
      'with-srv',
      'sh',
      '-c',
      `${script}; touch /ready; sleep 1000`,
    ])
    await box.ok(['exec', name, 'sh', '-c', 'until [ -e /ready ]; do :; done'])
  }
  const created = async (name: string, flags: readonly string[] = []) =>
    box.ok(['create', '--name', name, '--network', 'none', ...flags, 'with-srv', 'sleep', '1000'])
  const inside = async (name: string, script: string) => box.ok(['exec', name, 'sh', '-c', script])
  const put = (path: string, text: string) => {
    mkdirSync(join(host, path, '..'), { recursive: true, mode: 0o777 })
    writeFileSync(join(host, path), text)
    return join(host, path)
  }

  test.each(['running', 'created'])(
    'names follow the rules for files and folders, into a %s container',
    async (state) => {
      put('dir/sub/f', 'text')
      if (state === 'running') await running('to', 'mkdir -p /srv/there', ['--workdir', '/srv'])
      else await created('to', ['--workdir', '/srv'])
      const file = join(host, 'dir/sub/f')
      const dir = join(host, 'dir')
      if (state === 'created') await box.ok(['cp', join(host, 'dir/sub/.'), 'to:/srv/there'])
      const rows: readonly (readonly [from: string, to: string, path: string])[] = [
        [file, '/', '/f'],
        [file, '/new-name', '/new-name'],
        [file, '.', '/srv/f'],
        [file, 'there/.', '/srv/there/f'],
        [dir, '/', '/dir/sub/f'],
        [`${dir}/`, '/srv', '/srv/dir/sub/f'],
        [`${dir}/.`, '/srv/', '/srv/sub/f'],
        [dir, '/new1', '/new1/sub/f'],
        [`${dir}/.`, '/new2', '/new2/sub/f'],
      ]
      for (const [from, to] of rows) await box.ok(['cp', from, `to:${to}`])
      if (state === 'created') await box.ok(['start', 'to'])
      for (const [, , path] of rows) expect(await inside('to', `cat ${path}`), path).toBe('text')
    },
  )

  test.each(['running', 'stopped'])('names follow the rules, out of a %s container', async (state) => {
    await running('from', 'mkdir -p /srv/sub; echo text >/srv/sub/f; ln -s .. /srv/sub/up; ln -s f /srv/sub/link', [
      '--workdir',
      '/srv',
    ])
    if (state === 'stopped') await box.ok(['stop', '--time', '0', 'from'])
    const rows: readonly (readonly [from: string, to: string, path: string])[] = [
      ['/srv/sub/f', '', 'f'],
      ['sub/f', '/name', 'name'],
      ['/srv/sub/link', '/followed', 'followed'],
      ['/srv', '', 'srv/sub/f'],
      ['/srv/.', '/new', 'new/sub/f'],
      ['/srv/sub/up', '/up', 'up/sub/f'],
    ]
    for (const [from, to, path] of rows) {
      await box.ok(['cp', `from:${from}`, `${host}${to}`])
      expect(readFileSync(join(host, path), 'utf8'), from).toBe('text\n')
    }
    expect(lstatSync(join(host, 'srv/sub/link')).isSymbolicLink()).toBe(true)
    expect(statSync(join(host, 'f')).uid).toBe(isUser ? testUser().uid : 0)
  })

  test('between containers, running and not', async () => {
    await running('one', 'mkdir /data; echo text >/data/f; chown 5:6 /data/f')
    await created('two', ['--user', '7:8'])
    await box.ok(['cp', 'one:/data', 'two:/copied'])
    await box.ok(['cp', '-a=false', 'one:/data/.', 'two:/kept'])
    await box.ok(['cp', 'two:/copied/f', 'one:/back'])
    await box.ok(['start', 'two'])
    expect(await inside('two', 'cat /copied/f; stat -c %u:%g /copied/f /kept/f')).toBe('text\n7:8\n5:6')
    expect(await inside('one', 'cat /back; stat -c %u:%g /back')).toBe('text\n0:0')
    await box.ok(['cp', 'one:/data/f', 'one:/data/g'])
    expect(await inside('one', 'cat /data/g')).toBe('text')
  })

  test('volumes, binds and tmpfs are those of the container', async () => {
    const bind = join(host, 'bind')
    mkdirSync(bind)
    chmodSync(bind, 0o777)
    const file = put('f', 'text')
    const flags = [
      '-v',
      'outer:/very/deep',
      '-v',
      'inner:/very/deep/inner',
      '-v',
      `${bind}:/very/bind`,
      '--tmpfs',
      '/scratch',
    ]
    await created('mounts', flags)
    for (const place of ['/very/deep/inner', '/very/bind', '/scratch']) await box.ok(['cp', file, `mounts:${place}`])
    expect(readFileSync(join(bind, 'f'), 'utf8')).toBe('text')
    expect(readdirSync(join(box.root, 'volumes/inner/_data'))).toEqual(['f'])
    await box.ok(['cp', 'mounts:/very', join(host, 'out')])
    expect(readFileSync(join(host, 'out/deep/inner/f'), 'utf8')).toBe('text')
    await box.ok(['start', 'mounts'])
    expect(await inside('mounts', 'cat /very/deep/inner/f /very/bind/f')).toBe('texttext')
    await box.ok(['cp', file, 'mounts:/scratch/later'])
    expect(await inside('mounts', 'cat /scratch/later; mount | grep -c " /scratch "')).toBe('text1')
    await box.ok(['cp', file, 'mounts:/etc/hosts'])
    expect(await inside('mounts', 'cat /etc/hosts')).toBe('text')
    await box.ok(['rm', '-f', '-t', '0', 'mounts'])
    await box.ok(['volume', 'rm', 'outer', 'inner'])
  })

  test('a tar stream goes both ways, compressed or not', async () => {
    put('tree/f', 'text')
    await running('stream')
    const tar = execFileSync('tar', ['-C', host, '--owner=1042', '--group=1043', '-czf', '-', 'tree'])
    await box.ok(['cp', '-', 'stream:/tmp'], { stdin: tar })
    await box.ok(['cp', '-a=false', '-', 'stream:/'], { stdin: tar })
    expect(await inside('stream', 'cat /tmp/tree/f; stat -c " %u:%g" /tmp/tree/f /tree/f')).toBe('text 0:0\n 1042:1043')
    const out = execFileSync('sh', ['-c', `${box.argv.join(' ')} cp stream:/tmp/tree - | tar -tf -`], {
      env: box.env as never,
    })
    expect(out.toString()).toBe('tree/\ntree/f\n')
    const none = await box.try(['cp', '-', 'stream:/tmp'], { stdin: 'no archive' })
    expect(none.stderr).toContain('Error: source must be a (compressed) tar archive when copying from stdin')
    const onFile = await box.try(['cp', '-', 'stream:/tmp/tree/f'], { stdin: tar })
    expect(onFile.stderr).toContain('Error: destination must be a directory when copying from stdin')
  })

  test('what is copied keeps what it is', async () => {
    const file = put('tree/f', 'text')
    chmodSync(file, 0o741)
    execFileSync('touch', ['-d', '@1000000000', file])
    symlinkSync('f', join(host, 'tree/link'))
    execFileSync('ln', [file, join(host, 'tree/hard')])
    execFileSync('truncate', ['-s', '64M', join(host, 'tree/sparse')])
    if (isUser) execFileSync('chown', ['-R', String(testUser().uid), host])
    await running('kept', 'echo x >/suid; chmod 4755 /suid')
    await box.ok(['cp', join(host, 'tree'), 'kept:/'])
    const seen = await inside('kept', 'stat -c "%a %Y %h" /tree/f; readlink /tree/link; stat -c "%s %b" /tree/sparse')
    expect(seen).toBe(`741 1000000000 2\nf\n${64 * 2 ** 20} 0`)
    await box.ok(['cp', 'kept:/suid', host])
    // Root's on the host now: what a stranger's container made must not run as root.
    expect(statSync(join(host, 'suid')).mode & 0o7777).toBe(0o755)
  })

  test('what cannot be is refused', async () => {
    const file = put('f', 'text')
    put('dir/g', 'text')
    await running('r', 'mkdir /d; ln -s /nowhere /dangling')
    const refused = async (...args: string[]) => {
      const result = await box.try(['cp', ...args])
      expect(result.code).toBe(125)
      return result.stderr
    }
    expect(await refused(join(host, 'no'), 'r:/')).toContain(`"${host}/no" could not be found on the host`)
    expect(await refused('r:/no', host)).toContain(
      'Error: "/no" could not be found on container r: no such file or directory',
    )
    expect(await refused(file, 'r:/no/')).toContain('"/no/" could not be found on container r')
    expect(await refused(file, 'nobody:/')).toContain('no container with name or ID "nobody" found')
    expect(await refused(join(host, 'dir'), 'r:/ready')).toContain(
      'destination must be a directory when copying a directory',
    )
    expect(await refused(file, host)).toContain('neither path is in a container')
    expect(await refused('r:/proc/cpuinfo', host)).toContain("is the kernel's")
    expect(await refused('r:/ready', '/dev/null')).toContain('"/dev/null" must be a directory or a regular file')
    await box.ok(['cp', file, 'r:/dangling'])
    expect(await inside('r', 'cat /nowhere')).toBe('text')
    await inside('r', 'mkdir /d/f')
    expect(await refused(file, 'r:/d')).toMatch(/error creating "\/d\/f": .*: file exists/)
    await box.ok(['cp', '--overwrite', file, 'r:/d'])
    expect(await inside('r', 'cat /d/f')).toBe('text')
    mkdirSync(join(host, 'ready'))
    chmodSync(join(host, 'ready'), 0o777)
    expect(await refused('r:/ready', host)).toMatch(/error creating "ready|error creating "\/ready": .*: file exists/)
  })

  test('owners are those of a user namespace', async () => {
    if (isUser) return
    const flags = ['--uidmap', '0:100000:65536', '--gidmap', '0:200000:65536', '--user', '7:8']
    await running('mapped', 'true', ['--uidmap', '0:100000:65536', '--gidmap', '0:200000:65536'])
    await box.ok(['cp', put('f', 'text'), 'mapped:/f'])
    await created('mapped2', flags)
    await box.ok(['cp', 'mapped:/f', 'mapped2:/f'])
    await box.ok(['start', 'mapped2'])
    expect(await inside('mapped', 'stat -c %u:%g /f')).toBe('0:0')
    expect(await inside('mapped2', 'stat -c %u:%g /f')).toBe('7:8')
  })
})
