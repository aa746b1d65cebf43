// Attacks on the runtime and on what it mounts, from an image or from inside: by the numbers of the holes that others had. Most of the guards
// are the runtime's; what is ours is to call it in a way that leaves them whole, and to leave nothing behind where it refuses.

import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { attackProgram, withAttack } from '../../support/attack.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName as busybox } from '../../support/busybox-image.ts'
import { layeredImage, layeredName } from '../../support/layered-image.ts'
import { requires } from '../../support/requires.ts'
import { end, member } from '../../unit/image/tar-bytes.ts'

const test = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const none = ['--network', 'none']
const layer = (...members: Buffer[]) => Buffer.concat([...members, end])
const link = (name: string, target: string) => member({ name, type: '2', link: target })
const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('CVE-2019-5736: the runtime’s own program', () => {
  /** A copy, for the attack may succeed. */
  function ownRuntime(): string {
    const program = join(mkdtempSync(join(world.box.folder, 'runtime-')), 'runc')
    copyFileSync('/usr/sbin/runc', program)
    return program
  }

  test('cannot be written over while it enters a container', async () => {
    const runtime = ownRuntime()
    const before = digestOf(runtime)
    // Without this capability the kernel shows the container nothing of who enters it.
    const flags = ['--name', 'trap', '--cap-add', 'SYS_PTRACE', ...withAttack()]
    await world.box.ok(['--runtime', runtime, 'run', '-d', ...none, ...flags, busybox, '/attack', 'catch'])
    for (const words of [[], ['-t'], ['-d']]) await world.box.ok(['exec', ...words, 'trap', 'true'])
    await world.box.ok(['top', 'trap', '-o', 'pid,args'])
    await world.box.ok(['rm', '-f', '-t', '3', 'trap'], { isChecked: false })
    expect(digestOf(runtime)).toBe(before)
  })

  test('is not what an entrypoint /proc/self/exe runs', async () => {
    const runtime = ownRuntime()
    const before = digestOf(runtime)
    const script = '#!/proc/self/exe\n'
    const entry = layer(member({ name: 'entry', mode: 0o755 }, script))
    await world.box.ok(['load', '-q', '-i', layeredImage(world.box.folder, [entry])])
    for (const program of ['/entry', '/proc/self/exe']) {
      const { code, stdout } = await world.box.try(['--runtime', runtime, 'run', '--rm', ...none, layeredName, program])
      expect({ code, stdout }).not.toMatchObject({ code: 0, stdout: expect.stringContaining('runc') as string })
      expect(digestOf(runtime)).toBe(before)
    }
  })
})

describe('CVE-2025-31133, 52565, 52881 and 2021-30465: what an image has where the runtime mounts', () => {
  test.for([
    ['dev', [['dev', '/']]],
    ['proc', [['proc', '/']]],
    ['sys', [['sys', '/']]],
    ['run', [['run', '/']]],
    [
      'below /dev',
      [
        ['dev/null', '/file'],
        ['dev/console', '/file'],
        ['dev/pts', '/'],
        ['dev/shm', '/'],
      ],
    ],
    [
      'below /etc',
      [
        ['etc/hosts', '/file'],
        ['etc/resolv.conf', '/file'],
        ['etc/hostname', '/new'],
        ['etc/mtab', '/new'],
      ],
    ],
  ] as [string, [string, string][]][])('links at or %s touch nothing outside', async ([_, links]) => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    writeFileSync(join(host, 'file'), 'of the host')
    const planted = layer(...links.map(([name, target]) => link(name, `${host}${target}`)))
    await box.ok(['load', '-q', '-i', layeredImage(box.folder, [planted])])
    const script = 'echo 5 >/proc/self/oom_score_adj; echo 0 >/dev/null; cat /etc/hosts /etc/resolv.conf /etc/hostname'
    const { stdout } = await box.try(['run', '--rm', '-t', ...none, layeredName, 'sh', '-c', script])
    expect(stdout).not.toContain('of the host')
    expect(readFileSync(join(host, 'file'), 'utf8')).toBe('of the host')
    expect(readdirSync(host)).toEqual(['file'])
  })

  test('a link at /dev is refused in one line, also one that a container made', async () => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    await box.ok(['load', '-q', '-i', layeredImage(box.folder, [layer(link('dev', host))])])
    const refused = await box.try(['run', '--rm', ...none, layeredName, 'true'])
    expect(refused.stderr).toMatch(
      /^Error: \/dev of the root file system is a symbolic link: .*\nMake it a folder.*\n$/,
    )
    expect(refused.code).toBe(126)
    const script = `umount -l /dev/pts /dev/shm /dev/mqueue /dev; rm -r /dev; ln -s ${host} /dev`
    const flags = ['--name', 'twice', '--cap-add', 'SYS_ADMIN']
    await box.try(['run', ...none, ...flags, busybox, 'sh', '-c', script])
    expect((await box.try(['start', '-a', 'twice'])).stderr).toContain(
      '/dev of the root file system is a symbolic link',
    )
    expect(readdirSync(host)).toEqual([])
    await box.ok(['rm', 'twice'])
  })

  test('masked paths stay masked, whatever the container did to /dev/null before', async () => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    writeFileSync(join(host, 'file'), 'of the host')
    const planted = layer(member({ name: 'dev/null', mode: 0o666 }, 'not a device'))
    await box.ok(['load', '-q', '-i', layeredImage(box.folder, [planted])])
    const masked = 'cat /proc/kcore /proc/keys /proc/timer_list /proc/interrupts | wc -c; ls -A /sys/firmware | wc -l'
    const before = 'rm -f /dev/null; ln -s /proc/sys/kernel/core_pattern /dev/null'
    expect(await box.ok(['run', '--rm', ...none, layeredName, 'sh', '-c', `${before}; ${masked}`])).toBe('0\n0')
    // Its start finds what the last run left, and /dev is made anew all the same.
    await box.ok(['run', '--name', 'again', ...none, layeredName, 'sh', '-c', `umount /dev; ${before}; ${masked}`])
    expect(await box.ok(['start', '-a', 'again'])).toMatch(/0\n0$/)
    await box.ok(['rm', 'again'])
  })
})

describe('CVE-2021-30465: a mount’s target that is swapped for a link while the container starts', () => {
  test('is mounted inside, or not at all', async () => {
    const { box } = world
    const host = mkdtempSync(join(box.folder, 'host-'))
    mkdirSync(join(host, 'target'))
    writeFileSync(join(host, 'target/precious'), 'of the host')
    await box.ok(['volume', 'create', 'shared'])
    const own = `mkdir -p /d/one${host}/target; touch /d/one${host}/planted; ln -s / /d/two`
    await box.ok(['run', '--rm', ...none, '-v', 'shared:/d', busybox, 'sh', '-c', own])
    const swapper = ['run', '-d', '--name', 'swapper', ...none, '-v', 'shared:/d', ...withAttack(), busybox]
    await box.ok([...swapper, '/attack', 'swap', '/d/one', '/d/two'])
    // These mounts lie in the first one: by the link, followed outside, they would cover what is the host's.
    const mounts = ['--tmpfs', `/d/one${host}/target`, '-v', `${attackProgram()}:/d/one${host}/planted`]
    const script = `cat /d/*${host}/target/precious; grep -c "attack" /proc/self/mountinfo`
    for (let round = 0; round < 8; round += 1) {
      const words = ['run', '--rm', ...none, '-v', 'shared:/d', ...mounts, busybox, 'sh', '-c', script]
      const { stdout } = await box.try(words, { isChecked: false })
      expect(stdout).not.toContain('of the host')
      expect(readdirSync(join(host, 'target'))).toEqual(['precious'])
      // An empty file may have come: CVE-2024-45310, mended in runc 1.1.14 and 1.2.
      expect(readdirSync(host).filter((name) => statSync(join(host, name)).size > 0)).toEqual(['target'])
    }
    expect(mountsAt(host)).toEqual([])
    await box.ok(['rm', '-f', '-t', '0', 'swapper'])
    await box.ok(['volume', 'rm', 'shared'])
  })
})

function mountsAt(path: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.split(' ')[4]?.startsWith(path))
}
