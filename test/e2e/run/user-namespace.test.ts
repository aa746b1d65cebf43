// Ids of a container's own: --userns auto, --uidmap and --subuidname, as root and as an ordinary user.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { type Box, openBox } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const none = ['--network', 'none']
const rowsOf = (text: string) => text.split('\n').map((row) => row.trim().split(/\s+/).map(Number))

/** The outside ids that a running container has, smallest first. */
async function idsOf(box: Box, name: string): Promise<number[][]> {
  const pid = String((await box.inspect(name)).State['Pid'])
  return rowsOf(readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim())
}

describe('as root', () => {
  const first = () => Number(/^containers:(\d+):/m.exec(readFileSync('/etc/subuid', 'utf8'))?.[1])

  realTest(
    'files of the image’s root are the container’s root’s, and the kernel knows it as somebody else',
    async () => {
      const script = 'stat -c %u:%g / /bin; touch /mine; stat -c %u /mine; cat /proc/self/uid_map'
      const lines = (await world.out(['--userns', 'auto'], script)).split('\n')
      expect(lines.slice(0, 3)).toEqual(['0:0', '0:0', '0'])
      expect(rowsOf(lines[3] as string)).toEqual([[0, first(), 1024]])
    },
  )

  realTest('ids are nobody else’s, and free again when the container is removed', async () => {
    const names = ['one', 'two', 'three', 'four']
    const run = async (name: string) =>
      world.box.ok(['run', '-d', ...none, '--name', name, '--userns', 'auto:size=2000', busyboxName, 'sleep', '1000'], {
        isChecked: false,
      })
    await Promise.all(names.map(run))
    const rows = await Promise.all(names.map(async (name) => (await idsOf(world.box, name)).flat()))
    const starts = rows.map(([inside, outside, count]) => [inside, (outside as number) - first(), count])
    expect(starts.toSorted(([, one = 0], [, other = 0]) => one - other)).toEqual(
      [0, 2000, 4000, 6000].map((start) => [0, start, 2000]),
    )
    const second = names[starts.findIndex(([, start]) => start === 2000)] as string
    await world.box.ok(['rm', '-f', '-t', '0', second])
    await run('again')
    expect(await idsOf(world.box, 'again')).toEqual([[0, first() + 2000, 2000]])
    await world.box.ok(['restart', '-t', '0', 'again'])
    expect(await idsOf(world.box, 'again')).toEqual([[0, first() + 2000, 2000]])
    await world.box.ok(['rm', '-f', '-t', '0', '--all'])
  })

  realTest('the user that is asked for is there, and so is what is mapped by hand', async () => {
    const map = async (flags: readonly string[]) => rowsOf(await world.out(flags, 'cat /proc/self/uid_map'))
    expect(await map(['--userns', 'auto', '--user', '3000'])).toEqual([[0, first(), 3001]])
    expect(await map(['--userns', 'auto:size=10,uidmapping=3:77:1'])).toEqual([
      [0, first(), 3],
      [4, first() + 3, 6],
      [3, 77, 1],
    ])
  })

  realTest('--uidmap and --subuidname say which ids', async () => {
    const script = 'cat /proc/self/uid_map /proc/self/gid_map; stat -c %u /bin'
    const rows = async (...flags: string[]) => rowsOf(await world.out(flags, script))
    expect(await rows('--uidmap', '0:200000:5000', '--gidmap', '0:300000:5000')).toEqual([
      [0, 200000, 5000],
      [0, 300000, 5000],
      [0],
    ])
    expect(await rows('--uidmap', '0:200000:5000', '--uidmap', '+7:1000:1')).toEqual([
      ...[
        [0, 200000, 7],
        [7, 1000, 1],
        [8, 200008, 4992],
      ],
      ...[
        [0, 200000, 7],
        [7, 1000, 1],
        [8, 200008, 4992],
      ],
      [0],
    ])
    const count = Number(/^containers:\d+:(\d+)/m.exec(readFileSync('/etc/subuid', 'utf8'))?.[1])
    expect((await rows('--subuidname', 'containers'))[0]).toEqual([0, first(), count])
    for (const [flags, wanted] of [
      [['--userns', 'auto', '--uidmap', '0:0:1'], 'mutually exclusive'],
      [['--uidmap', '5:0:1'], 'has no ids for root'],
      [['--subuidname', 'gantry-nobody'], "the user 'gantry-nobody' has none in /etc/subuid"],
    ] as const) {
      const { code, stderr } = await world.sh(flags, 'true')
      expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining(wanted) as string })
    }
  })

  realTest('who joins it has its files, too', async () => {
    const join = ['--name', 'other', '--userns', 'auto:size=500', busyboxName, 'sleep', '1000']
    await world.box.ok(['run', '-d', ...none, ...join])
    const script = 'cat /proc/self/uid_map; touch /mine; stat -c %u:%g / /bin /mine'
    const lines = (await world.out(['--userns', 'container:other'], script)).split('\n')
    expect([rowsOf(lines[0] as string), ...lines.slice(1)]).toEqual([[[0, first(), 500]], '0:0', '0:0', '0:0'])
    await world.box.ok(['rm', '-f', '-t', '0', 'other'])
  })

  realTest('containers.conf may ask for it', async () => {
    const conf = join(world.box.folder, 'containers.conf')
    writeFileSync(conf, '[containers]\nuserns = "auto:size=77"\n')
    const env = { CONTAINERS_CONF: conf }
    const run = async (...flags: string[]) =>
      rowsOf(await world.box.ok(['run', '--rm', ...none, ...flags, busyboxName, 'cat', '/proc/self/uid_map'], { env }))
    expect(await run()).toEqual([[0, first(), 77]])
    expect((await run('--userns', 'host'))[0]?.slice(0, 2)).toEqual([0, 0])
  })

  realTest('a volume with U is given to it; --network host and --pid host work', async () => {
    const folder = `${world.box.folder}/shared`
    const flags = ['--userns', 'auto', '-v', `${folder}:/shared:U`, '--network', 'host', '--pid', 'host']
    await world.box.ok(['run', '--rm', ...none, '-v', `${world.box.folder}:/box`, busyboxName, 'mkdir', '/box/shared'])
    expect(
      await world.box.ok(['run', '--rm', ...flags, busyboxName, 'sh', '-c', 'touch /shared/x; ls /sys/class']),
    ).toContain('net')
    expect(statSync(`${folder}/x`).uid).toBe(first())
  })
})

describe('as an ordinary user', () => {
  realTest('ids are the user’s subordinate ones; where there are not enough, it says so', async () => {
    await using box = openBox({ user: testUser('gantry-rootless') })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const run = (flags: readonly string[], ...command: string[]) => ['run', ...flags, ...none, busyboxName, ...command]
    const map = await box.ok(run(['--rm', '--userns', 'auto'], 'cat', '/proc/self/uid_map'))
    expect(rowsOf(map)).toEqual([[0, 1, 1024]])
    await box.ok(run(['-d', '--name', 'large', '--userns', 'auto:size=60000'], 'sleep', '1000'))
    const { code, stderr } = await box.try(run(['--rm', '--userns', 'auto:size=60000'], 'true'))
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining('not enough unused IDs') as string })
    expect(rowsOf(await box.ok(run(['--rm', '--userns', 'auto'], 'cat', '/proc/self/uid_map')))).toEqual([
      [0, 60001, 1024],
    ])
    await box.ok(['rm', '-f', '-t', '0', 'large'])
  })

  realTest('--uidmap is of the user’s ids, and + leaves it the rest', async () => {
    const user = testUser('gantry-rootless')
    await using box = openBox({ user })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const rows = async (...flags: string[]) =>
      rowsOf(await box.ok(['run', '--rm', ...none, ...flags, busyboxName, 'cat', '/proc/self/uid_map']))
    expect(await rows('--uidmap', '0:1:1000')).toEqual([[0, 1, 1000]])
    expect(await rows('--uidmap', `+500:@${user.uid}:1`)).toEqual([
      [0, 1, 500],
      [500, 0, 1],
      [501, 501, 65036],
    ])
  })

  realTest('keep-id:size= leaves ids to others', async () => {
    const user = testUser('gantry-rootless')
    await using box = openBox({ user })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const words = [
      'run',
      '--rm',
      ...none,
      '--userns',
      'keep-id:uid=5,gid=5,size=100',
      busyboxName,
      'cat',
      '/proc/self/uid_map',
    ]
    expect(rowsOf(await box.ok(words))).toEqual([
      [0, 1, 5],
      [5, 0, 1],
      [6, 6, 94],
    ])
  })
})
