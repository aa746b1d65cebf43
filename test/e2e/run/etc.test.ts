// What a start writes below the container's /etc: users, groups, the time zone; and the flags of the first process that go with them.

import { readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const refusal = async (...flags: string[]) =>
  (await world.box.try(['create', '--network', 'none', ...flags, busyboxName])).stderr

describe('users and groups', () => {
  realTest.for([
    [['--user', '1234:5678'], '1234:*:1234:5678:container user:/:/bin/sh\n5678:x:5678:1234'],
    [
      ['--user', '1234:5678', '--passwd-entry', '$USERNAME-x:*:$UID:$GID:$NAME:/h:/bin/ash'],
      '1234-x:*:1234:5678:container user:/h:/bin/ash\n5678:x:5678:1234',
    ],
    [
      ['--user', '1234:5678', '--group-entry', 'made-$GROUPNAME:x:$GID:$USERLIST,me'],
      '1234:*:1234:5678:container user:/:/bin/sh\nmade-5678:x:5678:1234,me',
    ],
    [['--user', '1234:5678', '--passwd=false'], ''],
  ] as const)('run %j', async ([flags, lines]) => {
    expect(await world.out([...flags], 'grep 1234 /etc/passwd; grep 5678 /etc/group; true')).toBe(lines)
  })

  realTest('--hostuser brings along a user of the host, once; one that is not there is refused', async () => {
    const host = readFileSync('/etc/passwd', 'utf8').split('\n')
    const [name, , uid, gid, comment] = (host.find((line) => line.startsWith('games:')) as string).split(':')
    const line = `${name}:*:${uid}:${gid}:${comment}:/:/bin/sh`
    expect(await world.out(['--hostuser', 'games', '--hostuser', uid as string], 'grep games /etc/passwd')).toBe(line)
    expect(await refusal('--hostuser', 'nobody-at-all')).toBe(
      "Error: unknown user nobody-at-all of --hostuser: the host's /etc/passwd has none\n",
    )
    expect(await world.box.ok(['ps', '-aq'])).toBe('')
  })
})

describe('the time zone', () => {
  const date = 'date -d @1600000000 "+%H:%M %Z"'

  realTest('--tz: the last one counts; a configured one can be taken back', async () => {
    expect(await world.out(['--tz', 'Iceland', '--tz', 'America/New_York'], date)).toBe('08:26 EDT')
    expect(await world.out(['--tz', 'America/New_York', '--tz', ''], date)).toBe('12:26 UTC')
  })

  realTest('an image that has the zone gets a link to it, made anew at each start', async () => {
    const have = 'mkdir -p /usr/share/zoneinfo/Europe; cp /etc/localtime /usr/share/zoneinfo/Europe/Berlin'
    const flags = ['--name', 'berlin', '--network', 'none', '--tz', 'Europe/Berlin']
    const show = `readlink /etc/localtime; ${date}; ${have}; true`
    await world.box.ok(['run', ...flags, busyboxName, 'sh', '-c', show])
    await world.box.ok(['start', '-a', 'berlin'])
    const logs = await world.box.ok(['logs', 'berlin'])
    expect(
      logs
        .split('\n')
        .filter((line) => !line.startsWith('cp: '))
        .at(-2),
    ).toBe('../usr/share/zoneinfo/Europe/Berlin')
    expect(logs.match(/14:26 CEST/g)).toHaveLength(2)
    expect(await world.box.ok(['inspect', '-f', '{{.Config.Timezone}}', 'berlin'])).toBe('Europe/Berlin')
    await world.box.ok(['rm', 'berlin'])
  })

  realTest.for(['Nowhere/Land', '../../../etc/passwd', '/etc/passwd', 'Europe'])('%s is refused', async (zone) => {
    expect(await refusal('--tz', zone)).toBe(`Error: finding timezone: unknown time zone ${zone}\n`)
  })
})

realTest('--env-merge speaks of what the image sets, and --env of neither', async () => {
  const flags = ['--env-merge', 'PATH=$PATH:/opt', '--env-merge', 'NEW=${NOT:-else}', '-e', 'PLAIN=$PATH']
  expect(await world.out(flags, 'echo $PATH $NEW "$PLAIN"')).toBe('/usr/sbin:/usr/bin:/sbin:/bin:/opt else $PATH')
  expect(await refusal('--env-merge', 'X')).toBe('Error: --env-merge takes name=value, not "X"\n')
})

realTest('--init-path', async () => {
  const init = '/usr/bin/catatonit'
  expect(await world.out(['--init', '--init-path', init], 'cat /proc/1/comm')).toBe('podman-init')
  const missing = await world.box.try([
    'run',
    '--rm',
    '--network',
    'none',
    '--init',
    '--init-path',
    '/no/init',
    busyboxName,
  ])
  expect(missing.stderr).toContain('container-init binary not found on the host: /no/init')
})

realTest('--chrootdirs has our files there, too', async () => {
  const script =
    'grep -c web /var/jail/etc/hosts; cat /jail2/etc/hostname; mount | grep -c "on /var/jail/etc/resolv.conf"'
  expect(await world.out(['--hostname', 'web', '--chrootdirs', '/var/jail,/jail2'], script)).toBe('1\nweb\n1')
})
