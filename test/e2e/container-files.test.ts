// export, diff, mount and unmount; as root and as an ordinary user.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')

describe.each(['root', 'an ordinary user', 'vfs'])('as %s', (who) => {
  let box: Box
  const driver = who === 'vfs' ? ['--storage-driver', 'vfs'] : []
  const isUser = who === 'an ordinary user'

  beforeAll(async () => {
    box = openBox(isUser ? { user: testUser() } : {})
    await box.ok([...driver, 'load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  const made = async (name: string, script: string, flags: readonly string[] = []) =>
    box.ok(['run', '--name', name, '--network', 'none', ...flags, busybox, 'sh', '-c', script])
  const changes = async (name: string) =>
    (await box.ok(['diff', name])).split('\n').filter((line) => !line.startsWith('C /etc'))
  const listed = (archive: string, flags = '-tf') => {
    execFileSync('test', ['-s', archive])
    return execFileSync('tar', [flags, archive], { encoding: 'utf8' }).trim().split('\n')
  }

  test('export writes what the container sees, but for its mounts', async () => {
    await made(
      'exported',
      'echo hi >/new; mkdir /d; ln -s /new /d/link; ln /new /d/hard; mkfifo /d/pipe; echo no >/vol/x',
      [...['-v', `exported-${isUser}:/vol`, '--tmpfs', '/scratch']],
    )
    const file = join(box.folder, 'out.tar')
    expect(await box.ok(['export', '-o', file, 'exported'])).toBe('')
    const names = listed(file)
    expect(names).toEqual(expect.arrayContaining(['bin/', 'new', 'd/', 'd/link', 'd/hard', 'd/pipe', 'vol/']))
    expect(names.some((name) => name.startsWith('./') || name.startsWith('vol/x'))).toBe(false)
    expect(listed(file, '-tvf').find((line) => line.includes(' new'))).toMatch(/^(-|h)rw-r--r-- (root\/root|0\/0) /)
    const piped = await box.try(['container', 'export', 'exported'])
    expect(piped).toMatchObject({ code: 0, stderr: '' })
    await box.ok(['volume', 'rm', '--force', `exported-${isUser}`])
  })

  test('export of running and created containers', async () => {
    await box.ok(['create', '--name', 'created', busybox, 'true'])
    await made('running', 'echo up >/up; sleep 1000', ['-d'])
    await box.ok(['exec', 'running', 'sh', '-c', 'until [ -s /up ]; do :; done'])
    for (const [name, path] of [
      ['created', 'bin/busybox'],
      ['running', 'up'],
    ] as const) {
      const file = join(box.folder, `${name}.tar`)
      await box.ok(['export', '--output', file, name])
      expect(listed(file)).toContain(path)
    }
    await box.ok(['rm', '-f', '-t', '0', 'running', 'created'])
  })

  test('export refuses what cannot be', async () => {
    await box.ok(['create', '--name', 'refused', busybox, 'true'])
    const unknown = await box.try(['export', '-o', join(box.folder, 'nothing.tar'), 'nobody'])
    expect(unknown).toMatchObject({ code: 125, stdout: '' })
    expect(unknown.stderr).toContain('no container with name or ID "nobody" found')
    expect(existsSync(join(box.folder, 'nothing.tar'))).toBe(false)
    expect((await box.try(['export', '-o', '/nowhere/x.tar', 'refused'])).stderr).toContain(
      "'/nowhere/x.tar' cannot be written: no such file or directory",
    )
    expect((await box.try(['export', '-o', 'a:b', 'refused'])).stderr).toContain("should not contain ':'")
    const inTerminal = `${box.argv.join(' ')} export refused`
    const typed = spawnSync('script', ['-qec', inTerminal, '/dev/null'], { env: box.env, encoding: 'utf8' })
    expect(typed).toMatchObject({ status: 125, stdout: expect.stringContaining('refusing to export to terminal') })
  })

  test('diff tells what came, went and is another', async () => {
    await made('changed', 'mkdir -p /a/b; touch /a/b/c /bin/new; rm /bin/[; rm -r /root; mkdir /root; chmod 700 /home')
    const lines = await changes('changed')
    expect(lines).toEqual(expect.arrayContaining(['A /a', 'A /a/b', 'A /a/b/c', 'C /bin', 'D /bin/[', 'A /bin/new']))
    expect(lines.indexOf('A /a')).toBeLessThan(lines.indexOf('A /a/b'))
    expect(lines).not.toContain('C /bin/sh')
    expect(lines.filter((line) => / \/(dev|proc|sys|run)\b/.test(line))).toEqual([])
    const document = JSON.parse(await box.ok(['container', 'diff', '--format', 'json', 'changed'])) as object
    expect(document).toMatchObject({ added: expect.arrayContaining(['/a/b/c']), deleted: ['/bin/['] })
    expect((await box.try(['diff', '--format', 'yaml', 'changed'])).stderr).toContain("is 'json'")
    expect(await box.ok(['diff', '-l'])).toBe(await box.ok(['diff', 'changed']))
    expect((await box.try(['diff'])).stderr).toContain('"gantry diff" requires a name, id, or the "--latest" flag')
  })

  test('image mount is counted, listed, and keeps its image', async () => {
    if (isUser) {
      const refused = await box.try(['image', 'mount', busybox])
      expect(refused).toMatchObject({ code: 125, stdout: '', stderr: expect.stringContaining('gantry unshare') })
      const inside = [...box.argv, 'image'].join(' ')
      const script = `p=$(${inside} mount ${busybox}) && test -e $p/bin/busybox && ${inside} umount ${busybox}`
      expect(await box.ok(['unshare', 'sh', '-c', script.replaceAll(/setpriv \S+ \S+ \S+ /g, '')])).toMatch(
        /^[0-9a-f]{64}$/,
      )
      return
    }
    const id = await box.ok(['image', 'inspect', '--format', '{{.Id}}', busybox])
    expect(await box.ok(['image', 'mount'])).toBe('')
    const path = await box.ok(['image', 'mount', busybox])
    expect(existsSync(join(path, 'bin/busybox'))).toBe(true)
    if (who === 'root') expect(() => writeFileSync(join(path, 'new'), '')).toThrow('EROFS')
    expect(await box.ok(['image', 'mount'])).toMatch(new RegExp(`^${busybox} +${path}$`))
    expect(JSON.parse(await box.ok(['image', 'mount', '--format', 'json']))).toMatchObject([
      { id, Names: [expect.stringMatching(/^sha256:/)], Repositories: [busybox], mountpoint: path },
    ])
    expect(await box.ok(['image', 'mount', '--all'])).toContain(path)
    const kept = await box.try(['rmi', '-f', busybox])
    expect(kept).toMatchObject({ code: 125, stderr: expect.stringContaining(`image ${id} is mounted`) })
    expect(await box.ok(['image', 'umount', busybox])).toBe(id)
    expect(existsSync(join(path, 'bin/busybox'))).toBe(true)
    expect(await box.ok(['image', 'unmount', busybox])).toBe(id)
    expect(existsSync(path)).toBe(false)
    expect(await box.ok(['image', 'umount', busybox])).toBe('')
    await box.ok(['image', 'mount', busybox])
    await box.ok(['image', 'mount', busybox])
    expect(await box.ok(['image', 'umount', '--all', '--force'])).toBe(id)
    expect(await box.ok(['image', 'mount'])).toBe('')
    expect((await box.try(['image', 'umount', 'no-such-image'])).stderr).toBe('Error: no-such-image: image not known\n')
    expect((await box.try(['image', 'mount', 'no-such-image'])).code).toBe(125)
    expect((await box.try(['image', 'umount'])).stderr).toContain('image name or ID must be specified')
  })

  test('diff of images, and of one thing with another', async () => {
    await made('first', 'mkdir /d; echo 1 >/d/one; echo x >/gone; echo 1 >/same')
    await box.ok(['commit', '-q', 'first', 'localhost/first'])
    await box.ok([
      'run',
      '--name',
      'second',
      '--network',
      'none',
      'localhost/first',
      'sh',
      '-c',
      'rm /gone; echo 22 >/d/one',
    ])
    await box.ok(['commit', '-q', 'second', 'localhost/second'])
    const lines = async (...words: string[]) =>
      (await box.ok(words)).split('\n').filter((line) => !line.includes('/etc'))
    const last = ['C /d/one', 'D /gone']
    expect(await lines('image', 'diff', 'localhost/second')).toEqual(last)
    expect(await lines('diff', 'localhost/second', 'localhost/first')).toEqual(last)
    expect(await lines('diff', 'localhost/first', 'second')).toEqual(['C /d/one', 'A /gone'])
    const both = ['A /d', 'A /d/one', 'A /same']
    expect(await lines('image', 'diff', 'localhost/second', busybox)).toEqual(both)
    expect(await lines('diff', 'second', busybox)).toEqual(both)
    // Their locks are taken in one order, whichever comes first.
    expect(await lines('container', 'diff', 'second', 'first')).toEqual(last)
    expect(await lines('container', 'diff', 'first', 'second')).toEqual(['C /d/one', 'A /gone'])
    expect(await lines('container', 'diff', 'first', 'first')).toEqual([''])
    expect((await lines('image', 'diff', busybox)).slice(0, 2)).toEqual(['A /bin', 'A /bin/['])
    const json = await box.ok(['image', 'diff', '--format', 'json', 'localhost/second', busybox])
    expect(JSON.parse(json)).toMatchObject({ added: expect.arrayContaining(['/same']) })
    expect((await box.try(['container', 'diff', 'localhost/first'])).stderr).toContain('no container with name or ID')
    expect((await box.try(['image', 'diff', 'second-none'])).stderr).toContain('second-none: image not known')
    await box.ok(['rm', 'first', 'second'])
    await box.ok(['rmi', 'localhost/first', 'localhost/second'])
  })

  test('mount is counted, listed, and outlives neither rm nor the last unmount', async () => {
    if (isUser) return
    const id = await box.ok(['create', '--name', 'mounted', busybox, 'true'])
    const path = await box.ok(['mount', 'mounted'])
    expect(existsSync(join(path, 'bin/busybox'))).toBe(true)
    expect(await box.ok(['container', 'mount', 'mounted'])).toBe(path)
    expect(await box.ok(['mount'])).toContain(`${id.slice(0, 12)}  ${path}`)
    expect(await box.ok(['mount', '--notruncate'])).toContain(`${id}  ${path}`)
    expect(JSON.parse(await box.ok(['mount', '--format', 'json']))).toContainEqual({
      id,
      Names: ['mounted'],
      mountpoint: path,
    })
    writeFileSync(join(path, 'from-outside'), 'hello')
    await box.ok(['start', '-a', 'mounted'])
    expect(existsSync(join(path, 'from-outside'))).toBe(true)
    expect(await box.ok(['umount', 'mounted'])).toBe(id)
    expect(existsSync(join(path, 'bin/busybox'))).toBe(true)
    expect(await box.ok(['container', 'unmount', 'mounted'])).toBe(id)
    if (who === 'vfs') return
    expect(existsSync(join(path, 'bin/busybox'))).toBe(false)
    expect((await box.try(['unmount', 'mounted'])).stderr).toContain('is not mounted')
    expect(await box.ok(['unmount', '--all'])).toBe('')
    await box.ok(['mount', 'mounted'])
    await box.ok(['mount', 'mounted'])
    expect(await box.ok(['unmount', '--force', 'mounted'])).toBe(id)
    expect(existsSync(join(path, 'bin/busybox'))).toBe(false)
    await box.ok(['mount', 'mounted'])
    await box.ok(['rm', 'mounted'])
    expect(existsSync(path)).toBe(false)
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(id)
  })

  test('mount of an ordinary user is refused outside of unshare, and works in it', async () => {
    if (!isUser) return
    await box.ok(['create', '--name', 'theirs', busybox, 'true'])
    const refused = await box.try(['mount', 'theirs'])
    expect(refused).toMatchObject({ code: 125, stdout: '' })
    expect(refused.stderr).toContain('must execute `gantry unshare` first')
    const [program = '', ...rest] = box.argv.slice(box.argv.findIndex((word) => word.endsWith('/gantry')))
    const script = `p=$(${[program, ...rest].join(' ')} mount theirs) && ls $p/bin/busybox && ${[program, ...rest].join(' ')} umount theirs`
    expect(await box.ok(['unshare', 'sh', '-c', script])).toMatch(/bin\/busybox\n[0-9a-f]{64}$/)
  })

  test('what a killed command left mounted goes with the next one', async () => {
    if (who === 'vfs' || isUser) return
    const id = await box.ok(['create', '--name', 'killed', busybox, 'true'])
    await made('filler', 'dd if=/dev/urandom of=/big bs=1M count=64 2>/dev/null')
    const child = box.start(['export', 'filler'])
    await new Promise((resolve) => child.stdout?.once('readable', resolve))
    const merged = join(box.root, 'containers', (await box.inspect('filler')).Id, 'merged')
    expect(existsSync(join(merged, 'big'))).toBe(true)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect((await box.findings()).join('\n')).toContain('left its root file system mounted')
    await box.ok(['start', id])
    expect(existsSync(join(merged, 'big'))).toBe(false)
    expect(statSync(merged).isDirectory()).toBe(true)
  })
})
