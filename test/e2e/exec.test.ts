// exec, attach, start and wait, as users and scripts meet them.

import { spawn } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect } from 'vitest'
import { native } from '../../src/os/native.ts'
import { finish } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const none = ['--network', 'none']

beforeAll(async () => {
  const flags = ['-e', 'FROM=container', '--workdir', '/etc', '--user', 'user', '--cap-add', 'NET_RAW']
  await world.box.ok(['run', '-d', '--name', 'web', ...none, ...flags, busyboxName, 'sleep', '10000'])
})

const exec = async (...words: string[]) => world.box.try(['exec', ...words])

describe('exec', () => {
  realTest.for([
    [['web', 'sh', '-c', 'exit 42'], 42, ''],
    [['web', 'sh', '-c', 'kill -KILL $$'], 137, ''],
    [['web', '/no/such'], 127, 'no such file or directory'],
    [['web', 'no-such'], 127, 'executable file not found in $PATH'],
    [['web', '/etc'], 126, 'permission denied'],
    [['-d', 'web', 'no-such'], 125, 'executable file not found in $PATH'],
    [['web'], 125, 'must provide a non-empty command to start an exec session'],
    [['nobody', 'true'], 125, 'no container with name or ID "nobody" found: no such container'],
    [['--user', 'stranger', 'web', 'true'], 125, 'unable to find user stranger'],
  ] as [string[], number, string][])('%j: %i', async ([words, code, said]) => {
    const result = await exec(...words)
    expect(result.stderr).toContain(said)
    expect(result.code).toBe(code)
  })

  realTest('inherits user, folder and environment, or changes them', async () => {
    const script = 'id -u; pwd; echo $FROM $MORE $HOME'
    expect((await exec('web', 'sh', '-c', script)).stdout).toBe('1000\n/etc\ncontainer /home\n')
    const file = join(world.box.folder, 'more')
    writeFileSync(file, 'MORE=file\n')
    const flags = ['--user', '0', '--workdir', '/tmp', '--env-file', file, '-e', 'FROM=exec']
    expect((await exec(...flags, 'web', 'sh', '-c', script)).stdout).toBe('0\n/tmp\nexec file /root\n')
  })

  realTest('--privileged has all capabilities', async () => {
    const mask = ['sh', '-c', 'grep ^CapEff: /proc/self/status | cut -f2']
    expect((await exec('--user', '0', '--privileged', 'web', ...mask)).stdout).toMatch(/^000001f/)
    expect((await exec('--user', '0', 'web', ...mask)).stdout).not.toMatch(/^000001f/)
  })

  realTest('-i passes stdin on, without it there is none', async () => {
    expect((await world.box.try(['exec', '-i', 'web', 'cat'], { stdin: 'typed\n' })).stdout).toBe('typed\n')
    expect((await world.box.try(['exec', 'web', 'cat'], { stdin: 'typed\n' })).stdout).toBe('')
  })

  realTest('-t has a terminal', async () => {
    expect((await exec('-t', 'web', 'sh', '-c', 'tty; echo $TERM')).stdout).toBe('/dev/pts/0\r\nxterm\r\n')
  })

  realTest('-d prints the session’s id; it runs on its own and is cleaned up', async () => {
    const { stdout } = await exec('-d', '--user', '0', 'web', 'sh', '-c', 'echo done >/tmp/flag; exec sleep 0.2')
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/)
    await until(async () => (await exec('web', 'cat', '/tmp/flag')).stdout === 'done\n')
    await until(async () => (await world.box.inspect('web'))['ExecIDs']?.toString() === '')
  })

  realTest('--preserve-fds', async () => {
    const path = join(world.box.folder, 'preserved')
    writeFileSync(path, 'through descriptor 3\n')
    const fd = openSync(path, 'r')
    for (const words of [
      ['exec', '--preserve-fds', '1', 'web', 'sh', '-c', 'cat <&3'],
      ['run', '--rm', ...none, '--preserve-fds', '1', busyboxName, 'sh', '-c', 'cat <&3'],
    ]) {
      const [program = '', ...argv] = world.box.argv
      const own = openSync(path, 'r')
      const child = spawn(program, [...argv, ...words], { env: world.box.env, stdio: ['ignore', 'pipe', 'pipe', own] })
      expect(await finish(child)).toMatchObject({ code: 0, stdout: 'through descriptor 3\n' })
      closeSync(own)
    }
    closeSync(fd)
  })

  realTest.for(['exec', 'run'])('%s --preserve-fd names descriptors that are open, and wants crun', async (verb) => {
    const words = verb === 'exec' ? ['web'] : ['--rm', ...none, busyboxName]
    const refused = async (fd: string, runtime: string[]) => {
      const { code, stderr } = await world.box.try([...runtime, verb, '--preserve-fd', fd, ...words, 'true'])
      expect(code).toBe(125)
      return stderr
    }
    expect(await refused('3', [])).toBe(
      'Error: --preserve-fd is not supported with the runtime runc\nUse crun (--runtime crun), or pass all descriptors up to the highest: --preserve-fds\n',
    )
    expect(await refused('1', [])).toContain('it wants numbers above 2')
    expect(await world.box.ok(['ps', '-aq', '--filter', 'status=created'])).toBe('')
  })

  realTest.for(['exec web', `run --rm ${none.join(' ')} ${busyboxName}`])(
    'signals reach the program of %s, also those without a name',
    async (words) => {
      for (const signal of [constants.signals.SIGTERM, 37]) {
        const script = `trap "echo got; exit 6" ${signal}; echo ready; while :; do sleep 0.1; done`
        const child = world.box.start([...words.split(' '), 'sh', '-c', script])
        // Node's own kill refuses numbers that it has no name for.
        child.stdout?.once('data', () => native().kill(child.pid as number, signal))
        expect(await finish(child)).toMatchObject({ code: 6, stdout: 'ready\ngot\n' })
      }
    },
  )

  realTest('in a container that does not run', async () => {
    await world.box.ok(['create', '--name', 'idle', ...none, busyboxName, 'true'])
    const { code, stderr } = await exec('idle', 'true')
    expect(stderr).toContain('can only create exec sessions on running containers: container state improper')
    expect(code).toBe(125)
    await world.box.ok(['rm', 'idle'])
  })
})

describe('start', () => {
  realTest('-a gives output and exit code; once more, too', async () => {
    await world.box.ok(['create', '--name', 'once', ...none, busyboxName, 'sh', '-c', 'echo out; echo err >&2; exit 9'])
    for (let round = 0; round < 2; round += 1) {
      expect(await world.box.try(['start', '-a', 'once'])).toMatchObject({ code: 9, stdout: 'out\n', stderr: 'err\n' })
    }
    await world.box.ok(['rm', 'once'])
  })

  realTest('-ai feeds a container that was made with -i', async () => {
    await world.box.ok(['create', '-i', '--name', 'cat', ...none, busyboxName, 'cat'])
    expect(await world.box.ok(['start', '-ai', 'cat'], { stdin: 'fed\n' })).toBe('fed')
    await world.box.ok(['rm', 'cat'])
  })

  realTest('a program that is not there: 125, and the container stays', async () => {
    await world.box.ok(['create', '--name', 'bad', ...none, busyboxName, '/no/such'])
    for (const flags of [[], ['-a']]) {
      const { code, stderr } = await world.box.try(['start', ...flags, 'bad'])
      expect(stderr).toContain('no such file or directory')
      expect(code).toBe(125)
    }
    await world.box.ok(['rm', 'bad'])
  })

  realTest('several, and --all: each by what it was called', async () => {
    for (const name of ['one', 'two']) await world.box.ok(['create', '--name', name, ...none, busyboxName, 'true'])
    expect(await world.box.ok(['start', 'one', 'two'])).toBe('one\ntwo')
    expect(await world.box.ok(['wait', 'one', 'two'])).toBe('0\n0')
    const ids = await Promise.all(['one', 'two'].map(async (name) => (await world.box.inspect(name)).Id))
    expect((await world.box.ok(['start', '--all'])).split('\n').sort()).toEqual(ids.sort())
    await world.box.ok(['wait', 'one', 'two'])
    await world.box.ok(['rm', 'one', 'two'])
  })
})

describe('init', () => {
  realTest('stops before the program; start lets it run', async () => {
    await world.box.ok(['create', '--name', 'staged', ...none, busyboxName, 'sh', '-c', 'echo ran; exit 4'])
    await world.box.ok(['init', 'staged'])
    expect((await world.box.inspect('staged')).State).toMatchObject({ Status: 'initialized' })
    expect(await world.box.try(['start', '-a', 'staged'])).toMatchObject({ stdout: 'ran\n', code: 4 })
    await world.box.ok(['init', 'staged'])
    await world.box.ok(['rm', 'staged'])
  })
})

describe('wait', () => {
  realTest('for several, for a condition, for one that is removed', async () => {
    await world.box.ok(['run', '-d', '--rm', '--name', 'brief', ...none, busyboxName, 'sh', '-c', 'sleep 5; exit 3'])
    await world.box.ok(['create', '--name', 'never', ...none, busyboxName, 'sleep', '1000'])
    expect(await world.box.ok(['wait', 'brief', 'never'])).toBe('3\n0')
    const waiting = finish(world.box.start(['wait', '--condition', 'running', 'never']))
    await world.box.ok(['start', 'never'], { isChecked: false })
    expect((await waiting).stdout).toBe('-1\n')
    const { code, stderr } = await world.box.try(['wait', 'nobody'])
    expect(stderr).toContain('no container with name or ID "nobody" found: no such container')
    expect(code).toBe(125)
    await world.box.ok(['rm', '-f', '-t', '0', 'never'])
  })
})

describe('attach', () => {
  realTest('needs a running container; ends when told to detach', async () => {
    const { code, stderr } = await world.box.try(['attach', 'nobody'])
    expect(stderr).toContain('no container with name or ID "nobody" found: no such container')
    expect(code).toBe(125)
    await world.box.ok(['create', '--name', 'idle', ...none, busyboxName, 'true'])
    expect((await world.box.try(['attach', 'idle'])).stderr).toContain('you can only attach to running containers')
    await world.box.ok(['rm', 'idle'])
  })

  realTest('feeds a detached -i container, which ends with its input', async () => {
    await world.box.ok(['run', '-d', '-i', '--name', 'eater', ...none, busyboxName, 'cat'])
    expect((await world.box.try(['attach', 'eater'], { stdin: 'eaten\n' })).stdout).toBe('eaten\n')
    expect(await world.box.ok(['wait', 'eater'])).toBe('0')
    await world.box.ok(['rm', 'eater'])
  })
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100))
}
