// What the first process is and finds around itself, seen from inside.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()

describe('the environment', () => {
  realTest('--env, --env-file, and what every container has', async () => {
    const { box } = world
    const file = join(box.folder, 'variables')
    writeFileSync(file, '# a comment\nFROM_FILE=1\nBOTH=file\n\nPASSED_ON\n')
    const flags = ['--env-file', file, '-e', 'BOTH=flag', '--env', 'EMPTY=', '-e', 'WITH=a=b c', '-e', 'PATTERN_*']
    const { stdout } = await box.try(['run', '--rm', '--network', 'none', ...flags, busyboxName, 'env'], {
      env: { PASSED_ON: 'yes', PATTERN_X: 'x' },
    })
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['FROM_FILE=1', 'BOTH=flag', 'EMPTY=', 'WITH=a=b c', 'PASSED_ON=yes', 'PATTERN_X=x']),
    )
    expect(stdout).toMatch(/^HOME=\/root$/m)
    expect(stdout).toMatch(/^container=podman$/m)
    expect(stdout).toMatch(/^PATH=\/usr\/sbin:\/usr\/bin:\/sbin:\/bin$/m)
    expect(stdout).toMatch(/^HOSTNAME=[0-9a-f]{12}$/m)
    expect(stdout).not.toMatch(/^TERM=/m)
  })

  realTest('--unsetenv and --unsetenv-all', async () => {
    expect(await world.out(['--unsetenv', 'container'], 'echo "[$container]"')).toBe('[]')
    const words = ['run', '--rm', '--network', 'none', '--unsetenv-all', '-e', 'X=1', busyboxName, '/bin/env']
    // runc itself sets HOME.
    expect(await world.box.ok(words)).toBe('X=1\nHOME=/root')
  })

  realTest('our own variables stay outside', async () => {
    const { stdout } = await world.box.try(['run', '--rm', '--network', 'none', busyboxName, 'env'], {
      env: { SECRET_OF_MINE: 'x' },
    })
    expect(stdout).not.toMatch(/SECRET_OF_MINE|NODE_COMPILE_CACHE|GANTRY_BOX/)
  })
})

describe('where and as whom', () => {
  realTest.for([
    [['--workdir', '/etc'], 'pwd', '/etc'],
    [['-w', '/proc/1'], 'pwd', '/proc/1'],
    [['--user', 'user'], 'id -u; id -g; echo $HOME', '1000\n1000\n/home'],
    [['--user', '1234'], 'id -u; id -g; echo $HOME; id -un', '1234\n0\n/\n1234'],
    [['-u', '1234:5678'], 'id -u; id -g', '1234\n5678'],
    [['--user', 'user:nobody'], 'id -u; id -g', '1000\n65534'],
    [
      ['--user', 'user', '--group-add', 'nobody', '--group-add', '77'],
      'id -G | tr " " "\\n" | sort -n',
      '77\n1000\n65534',
    ],
    [['--umask', '0077'], 'umask', '0077'],
    [
      ['--hostname', 'web.example'],
      'hostname; cat /etc/hostname; echo $HOSTNAME',
      'web.example\nweb.example\nweb.example',
    ],
    [['--hostname', 'web.example'], 'grep -c web.example /etc/hosts', '1'],
    [['--init'], 'cat /proc/1/comm; [ $$ = 1 ] || echo other', 'podman-init\nother'],
    [[], 'cat /proc/1/comm; echo $$', 'sh\n1'],
    [['-t'], 'tty; echo $TERM', '/dev/pts/0\r\nxterm\r'],
    [[], 'tty; echo "[$TERM]"', 'not a tty\n[]'],
  ] as [string[], string, string][])('%j', async ([flags, script, expected]) => {
    expect(await world.out(flags, script)).toBe(expected)
  })

  realTest('--init reaps what is left behind', async () => {
    // Process 1 of the container is `sleep`, which waits for nobody.
    const script = 'sh -c "sleep 0.1 & exec sleep 0" ; exec sleep 1000'
    const zombies = async (name: string, flags: readonly string[]) => {
      await world.box.ok(['run', '-d', '--name', name, '--network', 'none', ...flags, busyboxName, 'sh', '-c', script])
      return world.box.ok(['exec', name, 'sh', '-c', 'sleep 0.5; grep -l "^State:.Z" /proc/[0-9]*/status | wc -l'])
    }
    expect(await zombies('with', ['--init'])).toBe('0')
    expect(await zombies('without', [])).toBe('1')
  })

  realTest('--workdir must be there, a user must be known', async () => {
    const missing = await world.sh(['--workdir', '/no/such'], 'true')
    expect(missing.code).toBe(126)
    expect(missing.stderr).toMatch(/workdir "\/no\/such" does not exist on container [0-9a-f]{64}/)
    const stranger = await world.sh(['--user', 'stranger'], 'true')
    expect(stranger.code).toBe(126)
    expect(stranger.stderr).toContain('unable to find user stranger: no matching entries in passwd file')
  })
})

describe('what runs', () => {
  realTest.for([
    [['--entrypoint', '/bin/echo'], ['a', 'b'], 'a b'],
    [['--entrypoint', '["echo","x"]'], ['a'], 'x a'],
    [['--entrypoint', ''], ['echo', 'a'], 'a'],
  ] as [string[], string[], string][])('%j %j', async ([flags, command, expected]) => {
    const words = ['run', '--rm', '--network', 'none', ...flags, busyboxName, ...command]
    expect(await world.box.ok(words)).toBe(expected)
  })
})

describe('exit codes', () => {
  realTest.for([
    [['sh', '-c', 'exit 42'], 42, ''],

    [['/no/such'], 127, 'no such file or directory'],
    [['no-such'], 127, 'executable file not found in $PATH'],
    [['/etc'], 126, 'permission denied'],
    [['/etc/passwd'], 126, 'permission denied'],
  ] as [string[], number, string][])('of %j: %i', async ([command, code, said]) => {
    const result = await world.box.try(['run', '--rm', '--network', 'none', busyboxName, ...command])
    expect(result.stderr.toLowerCase()).toContain(said.toLowerCase())
    expect(result.code).toBe(code)
  })

  realTest('of a signal: 128 and its number', async () => {
    expect((await world.sh(['--init'], 'kill -TERM $$')).code).toBe(143)
  })

  realTest.for([
    [['run', '--bogus', 'x'], 'unknown flag: --bogus'],
    [['run'], 'requires at least 1 arg(s), only received 0'],
    [['run', '--pull', 'never', 'localhost/none'], 'localhost/none: image not known'],
    [['run', '--pod', 'some', busyboxName], 'no pod with name or ID some found: no such pod'],
    [['run', '--storage-opt', 'size=1g', busyboxName], '--storage-opt is not supported yet: no storage driver'],
    [['run', '--publish', '80:http', busyboxName], 'invalid port number'],
    [['run', '--network', 'none', '--network', 'host', busyboxName], 'cannot set multiple networks'],
  ] as [string[], string][])('%j: 125', async ([words, said]) => {
    const result = await world.box.try(words)
    expect(result.stderr).toContain(said)
    expect(result.code).toBe(125)
  })
})
