// Option `idmap`: binds and volumes whose files have other owners inside than on the host's disk.

import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openBox } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxArchive, busyboxName, makeTree } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const ownIds = ['--uidmap', '0:200000:5000', '--gidmap', '0:300000:5000']
const owners = 'stat -c %u:%g'

/** A folder of the host's with a file of 5:6. */
function shared(name: string): string {
  const folder = join(world.box.folder, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'file'), 'from the host\n')
  chownSync(join(folder, 'file'), 5, 6)
  return folder
}

function onHost(path: string): string {
  const { uid, gid } = statSync(path)
  return `${uid}:${gid}`
}

/** Mount points of this box, whatever they are for. */
function mounted(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return lines.map((line) => line.split(' ')[4] ?? '').filter((path) => path.startsWith(`${world.box.folder}/`))
}

describe('--rootfs', () => {
  realTest('its files have other owners inside than on disk, and nothing stays mounted', async () => {
    const tree = join(world.box.folder, 'tree')
    makeTree(tree)
    writeFileSync(join(tree, 'file'), '')
    chownSync(join(tree, 'file'), 5, 6)
    const out = async (option: string, script: string, ids: readonly string[] = ownIds) =>
      world.box.ok(['run', '--rm', '--network', 'none', ...ids, '--rootfs', `${tree}:${option}`, 'sh', '-c', script])
    expect(await out('idmap', `touch /root/new; ${owners} /bin /file`)).toBe('0:0\n5:6')
    expect(onHost(join(tree, 'root/new'))).toBe('0:0')
    expect(await out('idmap=uids=@5-10-1;gids=@6-20-1', `${owners} /file`)).toBe('10:20')
    expect(await out('idmap=uids=0-0-1#5-70-3;gids=0-0-100', `${owners} /file`, [])).toBe('70:6')
    expect(await out('idmap', `${owners} /file`, [])).toBe('5:6')
    expect(mounted()).toEqual([])
  })

  realTest('mount shows it with those owners, and leaves nothing mounted', async () => {
    const tree = join(world.box.folder, 'mounted')
    makeTree(tree)
    await world.box.ok(['create', '--name', 'mapped', ...ownIds, '--rootfs', `${tree}:idmap`, 'true'])
    expect(onHost(await world.box.ok(['mount', 'mapped']))).toBe('200000:300000')
    await world.box.ok(['start', '-a', 'mapped'])
    expect(mounted()).toHaveLength(1)
    await world.box.ok(['unmount', 'mapped'])
    expect(mounted()).toEqual([])
    expect(onHost(tree)).toBe('0:0')
    await world.box.ok(['rm', 'mapped'])
  })

  realTest('what cannot be is refused', async () => {
    const refusal = async (option: string, ...flags: string[]) =>
      (await world.box.try(['create', ...flags, '--rootfs', `/:${option}`, 'true'])).stderr
    expect(await refusal('O:idmap')).toContain("the options 'O' and 'idmap' of --rootfs cannot be used together")
    expect(await refusal('idmap=uids=x')).toContain('is not [@]FILES-OUTSIDE-COUNT')
    expect(await refusal('idmap=uids=@0-1-1')).toContain('no user namespace of its own')
    expect(await refusal('ro')).toContain('invalid option "ro" for --rootfs')
  })
})

describe('binds', () => {
  realTest('ids of files are the same inside and on the host, and the container’s root may write', async () => {
    const folder = shared('plain')
    const script = `${owners} /x /x/file; touch /x/new; chown 7:8 /x/new; ${owners} /x/new`
    expect(await world.out([...ownIds, '-v', `${folder}:/x:idmap`], script)).toBe('0:0\n5:6\n7:8')
    expect(onHost(join(folder, 'new'))).toBe('7:8')
    expect(mounted()).toEqual([])
    expect(await world.out([...ownIds, '-v', `${folder}:/x`], `${owners} /x/file`)).toBe('65534:65534')
    const asUser = [...ownIds, '--user', '5', '--mount', `type=bind,src=${folder},dst=/x,idmap`]
    expect(await world.out(asUser, 'echo changed >/x/file; id -u')).toBe('5')
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('changed\n')
  })

  realTest('without a user namespace of the container’s own, idmap changes nothing', async () => {
    const script = `${owners} /x/file; grep ' /x ' /proc/mounts`
    const [owner, mount] = (await world.out(['-v', `${shared('unmapped')}:/x:idmap`], script)).split('\n')
    expect(owner).toBe('5:6')
    expect(mount).not.toContain('idmapped')
  })

  realTest('maps of its own: on disk, outside, how many', async () => {
    const folder = shared('mapped')
    const seen = async (map: string, script = `${owners} /x/file`, flags: readonly string[] = []) =>
      world.out([...flags, '-v', `${folder}:/x:idmap=${map}`], script)
    expect(await seen('uids=5-1000-1')).toBe('1000:6')
    expect(await seen('gids=0-50-10')).toBe('5:56')
    expect(await seen('uids=0-0-1#5-70-3;gids=6-7-1')).toBe('70:7')
    expect(await seen('uids=6-1000-1')).toBe('65534:6')
    chownSync(folder, 5, 0)
    await seen('uids=5-1000-1', 'touch /x/new', ['--user', '1000:0'])
    expect(onHost(join(folder, 'new'))).toBe('5:0')
    // Outside the container, and with @ inside it.
    expect(await seen('uids=5-200010-1;gids=6-300020-1', undefined, ownIds)).toBe('10:20')
    expect(await seen('uids=@5-10-1;gids=@6-20-1', undefined, ownIds)).toBe('10:20')
    expect(await seen('uids=@5-10-1', undefined, ownIds)).toBe('10:6')
  })

  realTest('of a single file, and read-only', async () => {
    const mount = `type=bind,src=${shared('single')}/file,dst=/etc/one,ro,idmap=uids=5-9-1`
    const script = `cat /etc/one; ${owners} /etc/one; (: >/etc/one) 2>/dev/null || echo read-only`
    expect(await world.out(['--mount', mount], script)).toBe('from the host\n9:6\nread-only')
  })

  realTest('U gives the files to the user as the map has it', async () => {
    const folder = shared('given')
    const flags = [...ownIds, '--user', '7:8', '-v', `${folder}:/x:idmap,U`]
    expect(await world.out(flags, `${owners} /x /x/file`)).toBe('7:8\n7:8')
    expect(onHost(join(folder, 'file'))).toBe('7:8')
    const { code, stderr } = await world.sh(['--user', '7', '-v', `${folder}:/x:U,idmap=uids=0-0-5`], 'true')
    expect({ code, stderr }).toEqual({ code: 126, stderr: expect.stringContaining("at '/x': its idmap has no id") })
  })

  realTest('what is mounted below the source is there, and still there afterwards', async () => {
    const folder = shared('with-sub')
    const sub = join(folder, 'sub')
    mkdirSync(sub)
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
    try {
      execFileSync('mount', ['--make-shared', folder])
      mkdirSync(sub)
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', sub])
      writeFileSync(join(sub, 'deep'), 'deep\n')
      const flags = (...options: string[]) => [...ownIds, '-v', `${folder}:/x:${['idmap', ...options].join(',')}`]
      expect(await world.out(flags(), 'cat /x/sub/deep')).toBe('deep')
      expect(await world.out(flags('bind'), 'ls /x/sub')).toBe('')
      expect(await world.out(flags('rslave'), 'cat /x/sub/deep')).toBe('deep')
      expect(mounted()).toEqual([folder, sub])
    } finally {
      execFileSync('umount', ['--recursive', folder])
    }
  })

  realTest('no mount is left by rm, nor by a monitor that was killed', async () => {
    const folder = shared('killed')
    const words = ['run', '-d', '--name', 'c', '--network', 'none', ...ownIds, '-v', `${folder}:/x:idmap`]
    await world.box.ok([...words, busyboxName, 'sleep', '1000'])
    expect(mounted().filter((path) => path.startsWith(world.box.run))).toHaveLength(1)
    const denied = JSON.parse(await world.box.ok(['doctor', '--json', 'c', '/x/file'])) as object
    expect(denied).toMatchObject({ owner: { inContainer: { uid: 5, gid: 6 }, onHost: { uid: 5, gid: 6 } } })
    for (const next of [
      ['start', 'c'],
      ['rm', 'c'],
    ]) {
      process.kill(Number((await world.box.inspect('c')).State['ConmonPid']), 'SIGKILL')
      await world.box.ok(next)
      expect(mounted().filter((path) => path.startsWith(world.box.run))).toHaveLength(next[0] === 'start' ? 1 : 0)
    }
    expect(mounted()).toEqual([])
    await world.box.ok([...words, busyboxName, 'sleep', '1000'])
    await world.box.ok(['rm', '-f', '-t', '0', 'c'])
    expect(mounted()).toEqual([])
  })

  realTest('what cannot be is said in a line, and leaves nothing', async () => {
    const folder = shared('refused')
    for (const [option, wanted] of [
      ['idmap=yes', 'unknown option "yes"'],
      ['idmap=', 'unknown option ""'],
      ['idmap=uids=', '"" is not [@]FILES-OUTSIDE-COUNT'],
      ['idmap=uids=0-1', '"0-1" is not [@]FILES-OUTSIDE-COUNT'],
      ['idmap=uids=0-1-1#0-5-1', 'ranges overlap'],
      ['idmap=uids=@0-1-1', 'no user namespace of its own'],
      ['idmap,idmap', "the 'idmap' option can only be set once"],
      ['idmap,rshared', "can't use 'idmap' with 'rshared': choose 'rslave'"],
      ['O,idmap', "can't use 'O' with other options"],
    ] as const) {
      const { code, stderr } = await world.sh(['-v', `${folder}:/x:${option}`], 'true')
      expect({ option, code, stderr }).toEqual({ option, code: 125, stderr: expect.stringContaining(wanted) })
    }
    const { code, stderr } = await world.sh([...ownIds, '-v', '/sys/kernel:/x:idmap', '-v', 'fresh:/y:idmap'], 'true')
    expect(code).toBe(126)
    expect(stderr).toContain("cannot map the ids of '/sys/kernel': its file system does not support idmapped mounts\n")
    const lacking = await world.sh([...ownIds, '-v', `${folder}:/x:idmap=uids=@0-5000-1`], 'true')
    expect(lacking).toMatchObject({ code: 126, stderr: expect.stringContaining('the container has no id 5000') })
    expect(await world.box.ok(['ps', '-aq'])).toBe('')
    expect(mounted()).toEqual([])
    await world.box.ok(['volume', 'rm', 'fresh'])
  })
})

describe('volumes', () => {
  realTest('what the image holds arrives with the ids that it has there', async () => {
    const flags = [...ownIds, '-v', 'filled:/etc:idmap']
    const data = join(world.box.root, 'volumes/filled/_data')
    expect(await world.out(flags, `${owners} /etc /etc/passwd; chown 5:6 /etc/passwd`)).toBe('0:0\n0:0')
    expect([onHost(data), onHost(join(data, 'group')), onHost(join(data, 'passwd'))]).toEqual(['0:0', '0:0', '5:6'])
    const others = ['--uidmap', '0:100000:5000', '-v', 'filled:/x:idmap']
    expect(await world.out(others, `${owners} /x/passwd /x/group`)).toBe('5:6\n0:0')
    const part = [...ownIds, '--mount', 'type=volume,src=filled,dst=/x,subpath=passwd,idmap=uids=5-200009-1']
    expect(await world.out(part, `${owners} /x`)).toBe('9:6')
    expect(mounted()).toEqual([])
    await world.box.ok(['volume', 'rm', 'filled'])
  })

  realTest('an empty one becomes the container’s user’s, by the maps that the mount has', async () => {
    const folder = (name: string) => join(world.box.root, 'volumes', name, '_data')
    const made = 'touch /new/file; stat -c %u:%g /new /new/file'
    expect(await world.out([...ownIds, '--user', '12:34', '-v', 'one:/new:idmap'], made)).toBe('12:34\n12:34')
    expect([onHost(folder('one')), onHost(join(folder('one'), 'file'))]).toEqual(['12:34', '12:34'])
    const map = 'idmap=uids=0-1001-1;gids=0-1002-1'
    expect(await world.out(['--user', '1001:1002', '-v', `two:/new:${map}`], made)).toBe('1001:1002\n1001:1002')
    expect([onHost(folder('two')), onHost(join(folder('two'), 'file'))]).toEqual(['0:0', '0:0'])
    await world.box.ok(['volume', 'rm', 'one', 'two'])
  })

  realTest('one with a file system of its own is let go at the end', async () => {
    await world.box.ok(['volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', 'memory'])
    expect(await world.out([...ownIds, '-v', 'memory:/x:idmap'], `touch /x/new; ${owners} /x/new`)).toBe('0:0')
    expect(await world.box.ok(['volume', 'inspect', '-f', '{{.MountCount}}', 'memory'])).toBe('0')
    expect(mounted()).toEqual([])
    await world.box.ok(['volume', 'rm', 'memory'])
  })
})

realTest('an ordinary user is told that only root can, before anything is made', async () => {
  await using box = openBox({ user: testUser() })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  for (const mount of ['/tmp:/x:idmap', 'vol:/x:idmap=uids=0-1-1']) {
    const { code, stderr } = await box.try(['create', '-v', mount, busyboxName, 'true'])
    expect({ code, stderr }).toEqual({
      code: 125,
      stderr: expect.stringContaining("the mount option 'idmap' is only supported as root\n"),
    })
  }
  expect(await box.ok(['ps', '-aq'])).toBe('')
  expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
})
