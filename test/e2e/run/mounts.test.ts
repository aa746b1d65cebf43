// File systems and devices, seen from inside.

import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName, makeTree } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()

/** A folder of the host's with one file. */
function shared(name: string): string {
  const folder = join(world.box.folder, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'file'), 'from the host\n')
  return folder
}

const canWrite = 'touch DIR/new 2>/dev/null && echo writable || echo read-only'
const optionsOf = (path: string) => `grep " ${path} " /proc/mounts | cut -d' ' -f4`

describe('binds', () => {
  realTest('-v binds a folder, both ways', async () => {
    const folder = shared('both')
    expect(await world.out(['-v', `${folder}:/mnt/x`], 'cat /mnt/x/file; echo inside >/mnt/x/out')).toBe(
      'from the host',
    )
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('inside\n')
  })

  realTest('-v with ro, of a single file, and relative to where it is typed', async () => {
    const folder = shared('ro')
    expect(await world.out(['-v', `${folder}:/x:ro`], canWrite.replace('DIR', '/x'))).toBe('read-only')
    expect(await world.out(['-v', `${folder}/file:/etc/one:ro,z`], 'cat /etc/one')).toBe('from the host')
    expect(await world.out(['-v', './ro:/x'], 'cat /x/file')).toBe('from the host')
  })

  realTest('--mount type=bind, with its spellings', async () => {
    const folder = shared('mount')
    const readOnly = canWrite.replace('DIR', '/x')
    expect(await world.out(['--mount', `type=bind,source=${folder},destination=/x`], readOnly)).toBe('writable')
    expect(await world.out(['--mount', `type=bind,src=${folder},target=/x,ro`], readOnly)).toBe('read-only')
    expect(await world.out(['--mount', `type=bind,src=${folder},dst=/x,readonly=true`], readOnly)).toBe('read-only')
  })

  realTest('a mount inside a mount', async () => {
    const [outer, inner] = [shared('outer'), shared('inner')]
    mkdirSync(join(outer, 'sub'))
    writeFileSync(join(inner, 'file'), 'the inner one\n')
    expect(await world.out(['-v', `${inner}:/x/sub`, '-v', `${outer}:/x`], 'cat /x/file /x/sub/file')).toBe(
      'from the host\nthe inner one',
    )
  })

  realTest('option U gives the source to the user', async () => {
    const folder = shared('given')
    await world.out(['-v', `${folder}:/x:U`, '--user', '1000'], 'echo mine >/x/file')
    expect(statSync(join(folder, 'file')).uid).toBe(1000)
    chownSync(join(folder, 'file'), 7, 7)
    await world.out(['-v', `${folder}:/x:U`, '--user', '1000'], 'true')
    expect(statSync(join(folder, 'file')).uid, 'given once').toBe(7)
  })

  realTest('option O writes beside the source, for one run', async () => {
    const folder = shared('overlaid')
    const script = 'cat /x/file; echo changed >/x/file; cat /x/file'
    for (const flags of [
      ['-v', `${folder}:/x:O`],
      ['-v', `${folder}:/x:O,U`, '--user', '1000'],
    ]) {
      expect(await world.out(flags, script)).toBe('from the host\nchanged')
    }
    expect([readFileSync(join(folder, 'file'), 'utf8'), statSync(folder).uid]).toEqual(['from the host\n', 0])
    const other = shared('overlaid-too')
    writeFileSync(join(other, 'file'), 'another\n')
    const both = ['-v', `${folder}:/x/y:O`, '-v', `${other}:/x%y:O`]
    expect(await world.out(both, 'cat /x/y/file /x%y/file')).toBe('from the host\nanother')
  })

  realTest('a source that is not there', async () => {
    const { code, stderr } = await world.sh(['-v', '/no/such:/x'], 'true')
    expect(stderr).toContain('statfs /no/such: no such file or directory')
    expect(code).toBe(125)
  })
})

describe('tmpfs and the root', () => {
  realTest('--tmpfs is empty, limited, and not suid', async () => {
    const script = `df -k /scratch | tail -1 | awk '{print $2}'; ${optionsOf('/scratch')}`
    const [size, options] = (await world.out(['--tmpfs', '/scratch:size=1m,mode=700'], script)).split('\n')
    expect(size).toBe('1024')
    expect(options?.split(',')).toEqual(expect.arrayContaining(['rw', 'nosuid', 'nodev', 'mode=700']))
  })

  realTest('--mount type=tmpfs', async () => {
    const flags = ['--mount', 'type=tmpfs,destination=/scratch,tmpfs-size=2m,tmpfs-mode=1770']
    expect(await world.out(flags, `df -k /scratch | tail -1 | awk '{print $2}'; stat -c %a /scratch`)).toBe(
      '2048\n1770',
    )
  })

  realTest('--mount type=ramfs', async () => {
    const flags = ['--mount', 'type=ramfs,destination=/scratch,tmpfs-mode=1770,noexec']
    const script = 'grep " /scratch " /proc/mounts; stat -c %a /scratch; cp /bin/busybox /scratch/true; /scratch/true'
    const { stdout, stderr } = await world.sh(flags, script)
    expect(stdout).toMatch(/^ramfs \/scratch ramfs rw,nosuid,nodev,noexec,.*mode=1770.*\n1770\n$/)
    expect(stderr).toContain('Permission denied')
  })

  realTest('--read-only, with and without --read-only-tmpfs', async () => {
    const script = 'for d in / /etc /tmp /run /var/tmp /dev/shm; do touch $d/x 2>/dev/null && echo $d; done; true'
    expect(await world.out(['--read-only'], script)).toBe('/tmp\n/run\n/var/tmp\n/dev/shm')
    expect(await world.out(['--read-only', '--read-only-tmpfs=false'], script)).toBe('')
    expect(await world.out([], script)).toContain('/etc')
  })

  realTest('--shm-size', async () => {
    expect(await world.out(['--shm-size', '3m'], `df -k /dev/shm | tail -1 | awk '{print $2}'`)).toBe('3072')
    expect(await world.out([], `df -k /dev/shm | tail -1 | awk '{print $2}'`)).toBe('65536')
  })

  realTest('what a container writes is gone with it, and the image is as before', async () => {
    await world.out([], 'echo x >/etc/new; rm /etc/passwd; echo y >>/etc/group')
    expect(await world.out([], 'ls /etc/new; cat /etc/passwd | wc -l; grep -cx y /etc/group; true')).toBe('3\n0')
  })
})

describe('the root folder', () => {
  realTest('is 0555 where the image has the usual 0755; what is unusual stays', async () => {
    const seen = async (image: string, ...flags: readonly string[]) =>
      world.box.ok(['run', '--rm', '--network', 'none', ...flags, image, 'stat', '-c', '%a %u', '/'])
    expect(await seen(busyboxName)).toBe('555 0')
    expect(await seen(busyboxName, '--uidmap', '0:200000:5000')).toBe('555 0')
    expect(await world.out([], 'touch /new && ls /new')).toBe('/new')
    const tree = join(world.box.folder, 'unusual')
    makeTree(tree)
    const importTree = async (name: string) => {
      const archive = join(world.box.folder, `${name}.tar`)
      execFileSync('tar', ['-cf', archive, '-C', tree, '.'])
      await world.box.ok(['import', '-q', archive, name])
    }
    chmodSync(tree, 0o1777)
    await importTree('open')
    chmodSync(tree, 0o755)
    chownSync(tree, 1000, 0)
    await importTree('owned')
    expect(await seen('open')).toBe('1777 0')
    expect(await seen('owned')).toBe('755 1000')
    expect(await seen('owned', '--uidmap', '0:200000:5000')).toBe('755 1000')
  })
})

describe('--rootfs', () => {
  realTest('runs from a folder, which keeps what is written', async () => {
    const tree = join(world.box.folder, 'tree')
    makeTree(tree)
    const words = ['run', '--rm', '--network', 'none', '--rootfs', tree, 'sh', '-c', 'echo kept >/root/file; id -u']
    expect(await world.box.ok(words)).toBe('0')
    expect(readFileSync(join(tree, 'root/file'), 'utf8')).toBe('kept\n')
  })

  realTest('with :O, the folder stays as it is', async () => {
    const tree = join(world.box.folder, 'overlaid')
    makeTree(tree)
    const words = [
      'run',
      '--rm',
      '--network',
      'none',
      '--rootfs',
      `${tree}:O`,
      'sh',
      '-c',
      'echo x >/root/file; cat /root/file',
    ]
    expect(await world.box.ok(words)).toBe('x')
    expect(() => statSync(join(tree, 'root/file'))).toThrow('ENOENT')
  })

  realTest('a folder that is not there', async () => {
    const { code, stderr } = await world.box.try(['run', '--rm', '--rootfs', '/no/such', 'true'])
    expect(stderr).toContain('/no/such')
    expect(code).toBe(125)
  })
})

describe('devices', () => {
  realTest('--device makes the node and allows it', async () => {
    const script = 'ls -l /dev/full2 | cut -c1; head -c 1 /dev/full2 | wc -c; echo x >/dev/full2 || echo full'
    expect(await world.out(['--device', '/dev/full:/dev/full2'], `${script} 2>/dev/null`)).toBe('c\n1\nfull')
  })

  realTest('--device with r only may not be written', async () => {
    const script = ': </dev/log2 && echo readable; (: >/dev/log2) 2>/dev/null || echo refused'
    // The kernel asks for the capability besides.
    const flags = ['--cap-add', 'SYSLOG', '--device', '/dev/kmsg:/dev/log2:r']
    expect(await world.out(flags, script)).toBe('readable\nrefused')
  })

  realTest('without --device a node that is made is not allowed', async () => {
    expect(await world.out([], 'mknod /dev/k c 1 1; head -c 1 /dev/k 2>/dev/null || echo refused')).toBe('refused')
  })

  realTest('a device that is not there', async () => {
    const { code, stderr } = await world.sh(['--device', '/dev/no-such'], 'true')
    expect(stderr).toContain('stat /dev/no-such: no such file or directory')
    expect(code).toBe(125)
  })
})
