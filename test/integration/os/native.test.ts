import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockFlags, native, resolveFlags, umountFlags } from '../../../src/os/native.ts'
import { requires } from '../../support/requires.ts'

const call = native()
const bindMount = 4096
let folder: string
let fd: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-native-'))
  fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
})

afterEach(() => {
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

/** What the kernel's refusal looks like in JavaScript. */
function refusal(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

describe('errors', () => {
  test('look as those of node:fs', () => {
    expect(refusal(() => call.umount('/nonexistent', 0))).toMatchObject({
      code: 'ENOENT',
      errno: -2,
      syscall: 'umount',
      path: '/nonexistent',
      message: "ENOENT: No such file or directory, umount '/nonexistent'",
    })
  })

  test.each<[string, string, () => unknown]>([
    ['flock', 'EBADF', () => call.flock(9999, lockFlags.shared)],
    ['mount', 'ENOENT', () => call.mount('/nonexistent', '/nonexistent', '', bindMount, '')],
    ['openat2', 'ENOENT', () => call.openat2(fd, 'absent', { flags: 0, resolve: 0 })],
    ['mkdirat', 'ENOENT', () => call.mkdirat(fd, 'a/b', 0o755)],
    ['mknodat', 'ENOENT', () => call.mknodat(fd, 'a/b', { mode: 0o010644, major: 0, minor: 0 })],
    ['symlinkat', 'ENOENT', () => call.symlinkat('x', fd, 'a/b')],
    ['linkat', 'ENOENT', () => call.linkat(fd, 'a', { dirFd: fd, name: 'b' })],
    ['unlinkat', 'ENOENT', () => call.unlinkat(fd, 'a', false)],
    ['fchownat', 'ENOENT', () => call.fchownat(fd, 'a', { uid: 0, gid: 0 })],
    ['fchmodat', 'ENOENT', () => call.fchmodat(fd, 'a', 0o600)],
    ['utimensat', 'ENOENT', () => call.utimensat(fd, 'a', { atimeNs: 0n, mtimeNs: 0n })],
    ['lsetxattrat', 'ENOENT', () => call.lsetxattrat(fd, 'a', { key: 'user.x', value: Buffer.from('') })],
    ['llistxattr', 'ENOENT', () => call.llistxattr('/nonexistent')],
    ['lgetxattr', 'ENOENT', () => call.lgetxattr('/nonexistent', 'user.x')],
    ['lsetxattr', 'ENOENT', () => call.lsetxattr('/nonexistent', 'user.x', Buffer.from(''))],
    ['statfsType', 'ENOENT', () => call.statfsType('/nonexistent')],
    ['lseek', 'EBADF', () => call.lseek(9999, 0, 3)],
    ['syncfs', 'EBADF', () => call.syncfs(9999)],
    ['kill', 'EINVAL', () => call.kill(process.pid, 999)],
    ['setns', 'EINVAL', () => call.setns(fd, 0)],
    ['unshare', 'EINVAL', () => call.unshare(0x1)],
    ['getrlimit', 'EINVAL', () => call.getrlimit(999)],
    ['setrlimit', 'EINVAL', () => call.setrlimit(7, { soft: 2n, hard: 1n })],
    ['lchown', 'ENOENT', () => call.lchown('/nonexistent', 0, 0)],
    ['execve', 'ENOENT', () => call.execve('/nonexistent', ['x'], [])],
    ['mapText', 'EBADF', () => call.mapText(9999)],
    ['mapBytes', 'ENODEV', () => call.mapBytes(fd)],
    ['NUL', 'EINVAL', () => call.statfsType('/\0/etc')],
    ['no text', 'ERR_INVALID_ARG_TYPE', () => call.statfsType(7 as never)],
    ['no bigint', 'ERR_INVALID_ARG_TYPE', () => call.utimensat(fd, 'a', { atimeNs: 0, mtimeNs: 0 } as never)],
    ['no bytes', 'ERR_INVALID_ARG_TYPE', () => call.lsetxattr(folder, 'user.x', 'text' as never)],
  ])('%s fails with %s', (_, code, act) => {
    expect(refusal(act)).toMatchObject({ code })
  })
})

describe('flock', () => {
  const other = () => openSync(join(folder, 'lock'), 'a')

  test('excludes another opening of the file', () => {
    const [first, second] = [other(), other()]
    call.flock(first, lockFlags.exclusive)
    expect(refusal(() => call.flock(second, lockFlags.exclusive | lockFlags.nonBlocking))).toMatchObject({
      code: expect.stringMatching(/^(EAGAIN|EWOULDBLOCK)$/),
    })
    closeSync(first)
    call.flock(second, lockFlags.exclusive | lockFlags.nonBlocking)
    closeSync(second)
  })

  test('waits without stopping the event loop, more waiters than libuv has threads', async () => {
    const first = other()
    call.flock(first, lockFlags.exclusive)
    const granted: number[] = []
    const waits = Array.from({ length: 12 }, async (_, index) => {
      const mine = other()
      await call.flockAsync(mine, lockFlags.exclusive)
      granted.push(index)
      closeSync(mine)
    })
    // A file operation on libuv's pool still gets through.
    await import('node:fs/promises').then(({ stat }) => stat(folder))
    expect(granted).toEqual([])
    closeSync(first)
    await Promise.all(waits)
    expect(granted.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index))
  })

  test('rejects with the errno', async () => {
    await expect(call.flockAsync(9999, lockFlags.exclusive)).rejects.toMatchObject({ code: 'EBADF' })
    await expect(call.syncfsAsync(9999)).rejects.toMatchObject({ code: 'EBADF', syscall: 'syncfs' })
  })

  test('does not keep a process from ending while a thread waits', async () => {
    const held = other()
    call.flock(held, lockFlags.exclusive)
    const script = `import { native } from ${JSON.stringify(join(import.meta.dirname, '../../../src/os/native.ts'))}
      import { openSync } from 'node:fs'
      void native().flockAsync(openSync(${JSON.stringify(join(folder, 'lock'))}, 'a'), 2)
      setTimeout(() => process.exit(7), 50)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
    expect((await once(child, 'exit'))[0]).toBe(7)
    closeSync(held)
  })
})

test('spreadFolders sets the attribute T beside the others; a file system without it does not mind', ({ skip }) => {
  const attributes = () => execFileSync('lsattr', ['-d', folder], { encoding: 'utf8' }).split(' ')[0] ?? ''
  const proc = openSync('/proc', constants.O_RDONLY)
  call.spreadFolders(proc)
  closeSync(proc)
  if (call.statfsType(folder) !== 0xef53) skip('only ext4 knows it')
  execFileSync('chattr', ['+A', folder])
  for (const _ of ['first', 'again']) {
    call.spreadFolders(fd)
    expect(attributes()).toMatch(/A.*T/)
  }
})

describe('the *at family', () => {
  test('makes, changes and removes entries of a folder', () => {
    call.mkdirat(fd, 'sub', 0o700)
    call.symlinkat('/nowhere', fd, 'link')
    writeFileSync(join(folder, 'file'), 'x')
    call.linkat(fd, 'file', { dirFd: fd, name: 'hard' })
    call.fchmodat(fd, 'file', 0o4755)
    call.utimensat(fd, 'file', { atimeNs: 1_500_000_000n, mtimeNs: -1n })
    call.utimensat(fd, 'link', { atimeNs: 0n, mtimeNs: 5_000_000_000n })
    expect(statSync(join(folder, 'hard')).mode & 0o7777).toBe(0o4755)
    expect(lstatSync(join(folder, 'file'), { bigint: true })).toMatchObject({ atimeNs: 1_500_000_000n, mtimeNs: -1n })
    expect(lstatSync(join(folder, 'link'), { bigint: true }).mtimeNs).toBe(5_000_000_000n)
    expect(readlinkSync(join(folder, 'link'))).toBe('/nowhere')
    call.unlinkat(fd, 'sub', true)
    call.unlinkat(fd, 'link', false)
    call.mknodat(fd, 'fifo', { mode: 0o010600, major: 0, minor: 0 })
    expect(lstatSync(join(folder, 'fifo')).isFIFO()).toBe(true)
  })

  test('never follows a link', () => {
    writeFileSync(join(folder, 'target'), '', { mode: 0o600 })
    symlinkSync('target', join(folder, 'link'))
    call.fchmodat(fd, 'link', 0o777)
    expect(statSync(join(folder, 'target')).mode & 0o777).toBe(0o600)
    expect(refusal(() => call.lsetxattrat(fd, 'link', { key: 'user.x', value: Buffer.from('y') }))).toMatchObject({
      code: 'EPERM',
    })
    expect(call.llistxattr(join(folder, 'target'))).not.toContain('user.x')
  })

  test('takes names that are not UTF-8 as bytes', () => {
    const name = Buffer.from([0x61, 0xff, 0x62])
    call.mkdirat(fd, name, 0o755)
    expect(statSync(Buffer.concat([Buffer.from(`${folder}/`), name])).isDirectory()).toBe(true)
    call.unlinkat(fd, name, true)
  })

  requires('root')('owns and makes devices as root', () => {
    call.mknodat(fd, 'null', { mode: 0o020666, major: 1, minor: 3 })
    call.fchownat(fd, 'null', { uid: 12, gid: 34 })
    symlinkSync('null', join(folder, 'link'))
    call.lchown(join(folder, 'link'), 56, 78)
    expect(lstatSync(join(folder, 'null'))).toMatchObject({ uid: 12, gid: 34, rdev: 0x103 })
    expect(lstatSync(join(folder, 'link'))).toMatchObject({ uid: 56, gid: 78 })
  })
})

describe('openat2', () => {
  test('resolves inside the root, whatever links and dots say', () => {
    mkdirSync(join(folder, 'etc'))
    writeFileSync(join(folder, 'etc/passwd'), 'inside')
    symlinkSync('/etc/passwd', join(folder, 'absolute'))
    symlinkSync('../../../../../../../../etc/passwd', join(folder, 'dots'))
    for (const path of ['/etc/passwd', 'absolute', 'dots', '../../etc/passwd']) {
      const opened = call.openat2(fd, path, { flags: constants.O_RDONLY, resolve: resolveFlags.inRoot })
      expect(readFileSync(opened, 'utf8')).toBe('inside')
      closeSync(opened)
    }
    const refused = () => call.openat2(fd, 'absolute', { flags: 0, resolve: resolveFlags.beneath })
    expect(refusal(refused)).toMatchObject({ code: 'EXDEV', path: 'absolute' })
  })

  test('makes files with the mode, close-on-exec', () => {
    const flags = constants.O_CREAT | constants.O_WRONLY | constants.O_EXCL
    const opened = call.openat2(fd, 'new', { flags, mode: 0o640, resolve: resolveFlags.beneath })
    writeSync(opened, 'x')
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o640 & ~process.umask())
    expect(readFileSync(`/proc/self/fdinfo/${opened}`, 'utf8')).toMatch(/flags:\s0?2[0-7]{6}/)
    closeSync(opened)
  })
})

describe('extended attributes', () => {
  test('are listed, read and written, empty and full ones too', () => {
    const path = join(folder, 'file')
    writeFileSync(path, '')
    call.lsetxattrat(fd, 'file', { key: 'user.binary', value: Buffer.from([0, 1, 255]) })
    call.lsetxattr(path, 'user.empty', new Uint8Array())
    call.lsetxattr(path, 'user.long', Buffer.alloc(2000, 'x'))
    expect(call.llistxattr(path).toSorted()).toEqual(['user.binary', 'user.empty', 'user.long'])
    expect(call.lgetxattr(path, 'user.binary')).toEqual(Buffer.from([0, 1, 255]))
    expect(call.lgetxattr(path, 'user.empty')).toHaveLength(0)
    expect(call.lgetxattr(path, 'user.long')).toHaveLength(2000)
    expect(refusal(() => call.lgetxattr(path, 'user.absent'))).toMatchObject({ code: 'ENODATA' })
    expect(call.llistxattr(folder)).toEqual([])
  })
})

test('lseek finds data and holes, and says -1 past the end', () => {
  const path = join(folder, 'sparse')
  writeFileSync(path, 'x'.repeat(4096))
  truncateSync(path, 1 << 20)
  const file = openSync(path, 'r')
  expect([call.lseek(file, 0, 3), call.lseek(file, 0, 4), call.lseek(file, 8192, 3)]).toEqual([0, 4096, -1])
  call.syncfs(file)
  closeSync(file)
})

requires('root')('mount binds and umount detaches', () => {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')]
  mkdirSync(from)
  mkdirSync(to)
  writeFileSync(join(from, 'seen'), '')
  call.mount(from, to, '', bindMount, '')
  expect(statSync(join(to, 'seen')).isFile()).toBe(true)
  expect(refusal(() => rmSync(to, { recursive: true }))).toBeDefined()
  call.umount(to, umountFlags.detach | umountFlags.noFollow)
  expect(refusal(() => statSync(join(to, 'seen')))).toMatchObject({ code: 'ENOENT' })
})

describe('process', () => {
  test('knows its limits and sets them', () => {
    const { soft, hard } = call.getrlimit(4)
    call.setrlimit(4, { soft: 0n, hard })
    expect(call.getrlimit(4)).toEqual({ soft: 0n, hard })
    call.setrlimit(4, { soft, hard })
    expect(call.getrlimit(4)).toEqual({ soft, hard })
  })

  test('sets the umask and gives the one before', () => {
    const before = call.umask(0o027)
    expect(call.umask(before)).toBe(0o027)
  })

  test('knows the size of a terminal, and that a file has none', () => {
    expect(call.terminalSize(fd)).toBeUndefined()
  })

  test('knows file systems', () => {
    expect(call.statfsType('/proc')).toBe(0x9fa0)
  })

  test('maps a file, as text and as bytes', () => {
    const path = join(folder, 'mapped')
    writeFileSync(path, Buffer.from('gr\u00fc\u00dfe', 'latin1'))
    const mapped = openSync(path, constants.O_RDONLY)
    const [text, bytes] = [call.mapText(mapped), call.mapBytes(mapped)]
    closeSync(mapped)
    rmSync(path)
    expect(text).toBe('gr\u00fc\u00dfe')
    expect(bytes.toString('latin1')).toBe('gr\u00fc\u00dfe')
  })

  test('becomes another program with default signals and the same streams', () => {
    const script = `import { native } from ${JSON.stringify(join(import.meta.dirname, '../../../src/os/native.ts'))}
      process.on('SIGTERM', () => undefined)
      process.stdout.write('')
      native().execve('/bin/sh', ['renamed', '-c', 'echo $0 $A; grep SigIgn /proc/$$/status'], ['A=b'])`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(output).toMatch(/^renamed b\nSigIgn:\t0{16}\n$/)
  })

  test('becomes the reaper of orphans', async () => {
    const script = `import { native } from ${JSON.stringify(join(import.meta.dirname, '../../../src/os/native.ts'))}
      import { execFileSync } from 'node:child_process'
      import { readFileSync } from 'node:fs'
      native().setSubreaper()
      const pid = execFileSync('sh', ['-c', '(sleep 5 >/dev/null 2>&1 & echo $!)'], { encoding: 'utf8' }).trim()
      console.log(readFileSync('/proc/' + pid + '/status', 'utf8').includes('PPid:\\t' + process.pid))
      native().kill(Number(pid), 9)`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(output).toBe('true\n')
  })
})
