// How a container is named, kept, logged, ended and removed.

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { finish } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const none = ['--network', 'none']
const run = async (...words: string[]) => world.box.ok(['run', ...none, ...words])
const names = async () => world.box.ok(['ps', '-a', '--format', '{{.Names}}'])
const state = async (name: string) => (await world.box.inspect(name)).State

describe('names and files', () => {
  realTest('-d prints the id and leaves it running; --cidfile holds it', async () => {
    const cidfile = join(world.box.folder, 'cid')
    const id = await run('-d', '--name', 'web', '--cidfile', cidfile, busyboxName, 'sleep', '1000')
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(readFileSync(cidfile, 'utf8')).toBe(id)
    expect(await state('web')).toMatchObject({ Status: 'running', Running: true })
    const again = await world.box.try(['run', ...none, '--name', 'web', busyboxName, 'true'])
    expect(again.stderr).toContain(`the container name "web" is already in use by ${id}`)
    expect(again.code).toBe(125)
    expect(await run('--rm', '--replace', '--name', 'web', busyboxName, 'echo', 'new')).toBe('new')
    expect(await names()).toBe('')
  })

  realTest('--cidfile goes with its container, and is there or no container is', async () => {
    const { box } = world
    const cidfile = join(box.folder, 'with-it')
    const facts = async (name: string) => box.ok(['inspect', '--format', '{{.HostConfig.ContainerIDFile}}', name])
    await box.ok(['create', '--name', 'filed', '--cidfile', cidfile, busyboxName])
    expect(await facts('filed')).toBe(cidfile)
    expect(await box.ok(['ps', '-a', '--filter', 'name=filed', '--format', '{{.CIDFile}}'])).toBe(cidfile)
    await box.ok(['rm', 'filed'])
    expect(existsSync(cidfile)).toBe(false)
    await box.ok(['run', '--rm', '--cidfile', cidfile, busyboxName, 'true'])
    expect(existsSync(cidfile)).toBe(false)
    await box.ok(['create', '--name', 'first', '--cidfile', cidfile, busyboxName])
    const second = await box.ok(['create', '--name', 'second', '--cidfile', cidfile, busyboxName])
    await box.ok(['rm', 'first'])
    expect(readFileSync(cidfile, 'utf8')).toBe(second)
    await box.ok(['rm', 'second'])
    for (const verb of ['create', 'run']) {
      const refused = await box.try([verb, '--name', 'nowhere', '--cidfile', '/nowhere/cid', busyboxName, 'true'])
      expect(refused).toMatchObject({
        code: 125,
        stderr: expect.stringContaining("cannot write '/nowhere/cid': no such file or directory"),
      })
      expect((await box.try(['container', 'exists', 'nowhere'])).code).toBe(1)
    }
  })

  realTest('--rm leaves nothing, also when the start fails', async () => {
    await run('--rm', '--name', 'gone', busyboxName, 'true')
    await world.box.try(['run', ...none, '--rm', '--name', 'gone', busyboxName, '/no/such'])
    await run('--rm', '-d', '--name', 'gone', busyboxName, 'true')
    await world.box.try(['wait', 'gone'], { isChecked: false })
    expect(await world.box.try(['container', 'exists', 'gone'])).toMatchObject({ code: 1 })
  })

  realTest('without --rm it stays, with its exit code', async () => {
    expect((await world.box.try(['run', ...none, '--name', 'kept', busyboxName, 'sh', '-c', 'exit 5'])).code).toBe(5)
    expect(await state('kept')).toMatchObject({ Status: 'exited', ExitCode: 5, Running: false })
    await world.box.ok(['rm', 'kept'])
  })

  realTest('--label, --label-file and --annotation', async () => {
    await world.box.ok([
      'create',
      '--name',
      'labelled',
      '--label',
      'a=b',
      '-l',
      'c',
      '--annotation',
      'x=y',
      busyboxName,
    ])
    const { Config } = (await world.box.inspect('labelled')) as unknown as { Config: Record<string, unknown> }
    expect(Config).toMatchObject({ Labels: { a: 'b', c: '' }, Annotations: { x: 'y' } })
    expect(await world.box.ok(['ps', '-a', '--filter', 'label=a=b', '--format', '{{.Names}}'])).toBe('labelled')
    await world.box.ok(['rm', 'labelled'])
  })

  realTest('inspect tells --rmi, and a runtime as it was named', async () => {
    const path = join(world.box.folder, 'my-runc')
    copyFileSync(execFileSync('which', ['runc'], { encoding: 'utf8' }).trim(), path)
    await run('--name', 'source', busyboxName, 'true')
    await world.box.ok(['commit', '-q', 'source', 'twin'])
    await world.box.ok(['--runtime', path, 'run', '-d', '--rmi', '--name', 'kept', ...none, 'twin', 'sleep', '1000'])
    const shown = '{{.OCIRuntime}} {{.HostConfig.AutoRemoveImage}} {{.HostConfig.AutoRemove}}'
    expect(await world.box.ok(['inspect', '-f', shown, 'kept'])).toBe(`${path} true true`)
    await run('-d', '--name', 'user', busyboxName, 'sleep', '1000')
    expect(await world.box.ok(['inspect', '-f', shown, 'user'])).toBe('runc false false')
    await world.box.ok(['rm', '-f', '-t', '0', 'kept', 'user', 'source'])
  })

  realTest('ports of a container without a network are told of in a plain line', async () => {
    const { stderr, code } = await world.box.try(['run', '--rm', '-p', '80', ...none, busyboxName, 'true'])
    const modes = 'one of the Host, Container, Pod, and None network modes are in use'
    expect([code, stderr]).toEqual([0, `Port mappings have been discarded as ${modes}\n`])
  })

  realTest('--pidfile and --conmon-pidfile', async () => {
    const [pid, monitor] = ['pid', 'monitor'].map((name) => join(world.box.folder, name)) as [string, string]
    await run('-d', '--name', 'pids', '--pidfile', pid, '--conmon-pidfile', monitor, busyboxName, 'sleep', '1000')
    expect(readFileSync(`/proc/${readFileSync(pid, 'utf8')}/cmdline`, 'utf8')).toBe('sleep\u00001000\u0000')
    expect(readFileSync(`/proc/${readFileSync(monitor, 'utf8')}/comm`, 'utf8')).toBe('monitor\n')
    await world.box.ok(['rm', '-f', '-t', '0', 'pids'])
  })
})

describe('ending', () => {
  const trap =
    'trap "echo got INT; exit 7" INT; trap "echo got TERM; exit 8" TERM; echo ready; while :; do sleep 0.1; done'

  realTest('stop sends TERM, or --stop-signal', async () => {
    for (const [flags, code] of [
      [[], 8],
      [['--stop-signal', 'INT'], 7],
    ] as [string[], number][]) {
      await run('-d', '--name', 'trapping', ...flags, busyboxName, 'sh', '-c', trap)
      await until(async () => (await world.box.ok(['logs', 'trapping'])).includes('ready'))
      await world.box.ok(['stop', 'trapping'])
      expect(await state('trapping')).toMatchObject({ ExitCode: code })
      await world.box.ok(['rm', 'trapping'])
    }
  })

  realTest('--stop-timeout, after which it is killed', async () => {
    await run('-d', '--name', 'stubborn', '--stop-timeout', '1', busyboxName, 'sleep', '1000')
    const { stderr, code } = await world.box.try(['stop', 'stubborn'])
    expect(stderr).toContain('StopSignal SIGTERM failed to stop container stubborn in 1 seconds, resorting to SIGKILL')
    expect(code).toBe(0)
    expect(await state('stubborn')).toMatchObject({ ExitCode: 137 })
    await world.box.ok(['rm', 'stubborn'])
  })

  realTest('--timeout kills it, and says 255, which is -1 to those who ask later', async () => {
    const words = ['--name', 'slow', ...none, '--timeout', '1', busyboxName, 'sleep', '1000']
    expect((await world.box.try(['run', ...words])).code).toBe(255)
    expect(await state('slow')).toMatchObject({ Status: 'exited', ExitCode: -1 })
    expect(await world.box.ok(['wait', 'slow'])).toBe('-1')
    expect(await world.box.ok(['ps', '-a', '--filter', 'exited=-1', '--format', '{{.Status}}'])).toMatch(
      /^Exited \(-1\)/,
    )
    expect((await world.box.try(['doctor', 'slow'])).stdout).toContain('ran longer than its --timeout')
    await world.box.ok(['rm', 'slow'])
  })

  realTest('kill sends any signal; a paused container is killed, too', async () => {
    await run('-d', '--name', 'target', busyboxName, 'sh', '-c', 'trap "exit 9" USR1; while :; do sleep 0.1; done')
    await world.box.ok(['kill', '--signal', 'USR1', 'target'])
    expect(await world.box.ok(['wait', 'target'])).toBe('9')
    await world.box.ok(['start', 'target'])
    await world.box.ok(['pause', 'target'])
    await world.box.ok(['kill', 'target'])
    expect(await world.box.ok(['wait', 'target'])).toBe('137')
    await world.box.ok(['rm', 'target'])
  })

  realTest('one that has ended a moment ago, of which its monitor has not told yet, cannot be paused', async () => {
    await run('-d', '--name', 'ending', busyboxName, 'sleep', '1000')
    const { Pid, ConmonPid } = (await state('ending')) as { Pid: number; ConmonPid: number }
    process.kill(ConmonPid, 'SIGSTOP')
    try {
      process.kill(Pid, 'SIGKILL')
      const paused = await world.box.try(['pause', 'ending'])
      expect(paused).toMatchObject({
        code: 125,
        stderr: expect.stringMatching(/is not running, can't pause/) as string,
      })
      await world.box.ok(['commit', '-q', '--pause', 'ending', 'ended'])
    } finally {
      process.kill(ConmonPid, 'SIGCONT')
    }
    expect(await world.box.ok(['wait', 'ending'])).toBe('137')
    expect(await state('ending')).toMatchObject({ Status: 'exited', Paused: false })
    await world.box.ok(['rm', 'ending'])
    await world.box.ok(['rmi', 'ended'])
  })

  realTest('a paused container is stopped', async () => {
    await run('-d', '--name', 'frozen', busyboxName, 'sleep', '1000')
    await world.box.ok(['pause', 'frozen'])
    expect(await state('frozen')).toMatchObject({ Status: 'paused', Paused: true })
    expect((await world.box.try(['exec', 'frozen', 'true'])).code).toBe(125)
    await world.box.ok(['stop', '-t', '0', 'frozen'])
    expect(await state('frozen')).toMatchObject({ Status: 'exited', ExitCode: 137 })
    await world.box.ok(['rm', 'frozen'])
  })

  realTest('what is written into a container with --rm need not reach the disk, also after a restart', async () => {
    const volatile = async (name: string) => {
      const mount = await world.box.ok(['exec', name, 'grep', ' / overlay ', '/proc/mounts'])
      return /[,=]volatile\b/.test(mount)
    }
    await run('-d', '--name', 'kept', busyboxName, 'sleep', '1000')
    await run('-d', '--rm', '--name', 'passing', busyboxName, 'sleep', '1000')
    expect([await volatile('kept'), await volatile('passing')]).toEqual([false, true])
    await world.box.ok(['restart', '-t', '0', 'passing'])
    expect(await volatile('passing')).toBe(true)
    await world.box.ok(['rm', '-f', '-t', '0', 'kept', 'passing'])
  })

  realTest('restart of a container with --rm keeps it', async () => {
    const id = await run('-d', '--rm', '--name', 'again', busyboxName, 'sleep', '1000')
    await world.box.ok(['restart', '-t', '0', 'again'])
    expect(await world.box.inspect('again')).toMatchObject({ Id: id, State: { Running: true } })
    await world.box.ok(['stop', '-t', '0', 'again'])
    expect((await world.box.try(['container', 'exists', 'again'])).code).toBe(1)
  })

  realTest('--restart on-failure:2 runs it three times; stop ends --restart always', { timeout: 240_000 }, async () => {
    await run('-d', '--name', 'failing', '--restart', 'on-failure:2', busyboxName, 'sh', '-c', 'echo run; exit 3')
    await until(
      async () => (await world.box.try(['logs', 'failing'], { isChecked: false })).stdout === 'run\nrun\nrun\n',
    )
    await until(async () => (await state('failing'))['Status'] === 'exited')
    await run('-d', '--name', 'steady', '--restart', 'always', busyboxName, 'sh', '-c', 'echo run; sleep 0.2')
    await until(async () => (await world.box.try(['logs', 'steady'], { isChecked: false })).stdout.length > 4)
    await world.box.ok(['stop', '-t', '0', 'steady'])
    const before = await world.box.ok(['logs', 'steady'])
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(await world.box.ok(['logs', 'steady'])).toBe(before)
    await world.box.ok(['rm', 'failing', 'steady'])
  })
})

describe('output and logs', () => {
  const script = ['sh', '-c', 'echo out; echo err >&2']

  realTest('-a chooses the streams', async () => {
    expect(await world.box.try(['run', '--rm', ...none, '-a', 'stdout', busyboxName, ...script])).toMatchObject({
      stdout: 'out\n',
      stderr: '',
    })
    expect(await world.box.try(['run', '--rm', ...none, '-a', 'stderr', busyboxName, ...script])).toMatchObject({
      stdout: '',
      stderr: 'err\n',
    })
    const { stdout } = await world.box.try(['run', ...none, '--name', 'blind', '-a', 'stdin', busyboxName, ...script])
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/)
    await world.box.ok(['rm', 'blind'])
  })

  realTest.for(['k8s-file', 'json-file', 'none'])('--log-driver %s', async (driver) => {
    const path = join(world.box.folder, `${driver}.log`)
    await world.box.ok([
      'run',
      ...none,
      '--name',
      'logged',
      '--log-driver',
      driver,
      '--log-opt',
      `path=${path}`,
      busyboxName,
      'echo',
      'hello',
    ])
    const logs = await world.box.try(['logs', 'logged'])
    if (driver === 'none') expect(logs.stderr).toContain('cannot read logs')
    else expect(logs.stdout).toBe('hello\n')
    expect(existsSync(path)).toBe(driver !== 'none')
    await world.box.ok(['rm', 'logged'])
  })

  realTest('a log that cannot be opened is named, and nothing is left', async () => {
    const words = ['run', '--rm', ...none, '--log-opt', 'path=/nonexistent/log', busyboxName, 'true']
    const { code, stderr } = await world.box.try(words)
    expect(stderr).toContain('cannot open log file /nonexistent/log')
    expect(code).toBeGreaterThan(124)
    expect(await names()).toBe('')
  })

  realTest('--log-opt max-size rotates', async () => {
    await run('--name', 'chatty', '--log-opt', 'max-size=10k', '--log-opt', 'max-file=2', busyboxName, 'seq', '2000')
    const folder = join(world.box.root, 'containers', (await world.box.inspect('chatty')).Id)
    expect(readFileSync(join(folder, 'ctr.log')).length).toBeLessThanOrEqual(10_500)
    expect((await world.box.ok(['logs', '--tail', '1', 'chatty'])).trim()).toBe('2000')
    await world.box.ok(['rm', 'chatty'])
  })

  realTest('--log-driver passthrough hands over our own streams', async () => {
    const words = ['run', '--rm', ...none, '--log-driver', 'passthrough', busyboxName, 'sh', '-c', 'cat; echo err >&2']
    expect(await world.box.try(words, { stdin: 'through\n' })).toMatchObject({ stdout: 'through\n', stderr: 'err\n' })
  })
})

describe('signals', () => {
  const trap = 'trap "echo got; exit 3" TERM; trap "echo hup" HUP; echo ready; while :; do sleep 0.1; done'

  realTest('are the container’s with --sig-proxy', async () => {
    const child = world.box.start(['run', '--rm', ...none, '--name', 'proxied', busyboxName, 'sh', '-c', trap])
    const ended = finish(child)
    await saw(child, 'ready')
    child.kill('SIGHUP')
    await saw(child, 'hup')
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 3, stdout: 'ready\nhup\ngot\n' })
  })

  realTest('are ours without', async () => {
    const child = world.box.start([
      'run',
      ...none,
      '--sig-proxy=false',
      '--name',
      'left',
      busyboxName,
      'sh',
      '-c',
      trap,
    ])
    const ended = finish(child)
    await saw(child, 'ready')
    child.kill('SIGTERM')
    expect((await ended).code).not.toBe(3)
    expect(await state('left')).toMatchObject({ Status: 'running' })
    await world.box.ok(['rm', '-f', '-t', '0', 'left'])
  })
})

async function saw(child: ReturnType<typeof world.box.start>, text: string): Promise<void> {
  let seen = ''
  await new Promise<void>((resolve) => {
    const look = (chunk: Buffer) => {
      seen += chunk.toString()
      if (!seen.includes(text)) return
      child.stdout?.off('data', look)
      resolve()
    }
    child.stdout?.on('data', look)
  })
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100))
}

realTest(
  '--requires starts those others first, keeps them from being removed, and comes with their failure',
  async () => {
    const { box } = world
    const none = ['--network', 'none']
    await box.ok(['create', '--name', 'base', ...none, busyboxName, 'sleep', '1000'])
    await box.ok(['create', '--name', 'middle', '--requires', 'base', ...none, busyboxName, 'sleep', '1000'])
    await box.ok(['run', '-d', '--name', 'top', '--requires', 'middle,base', ...none, busyboxName, 'sleep', '1000'])
    expect(await box.ok(['ps', '--format', '{{.Names}}'])).toBe('base\nmiddle\ntop')
    const base = await box.inspect('base')
    expect(await box.inspect('middle')).toMatchObject({ Dependencies: [base.Id] })
    const refused = await box.try(['rm', '-f', 'base'])
    expect(refused.stderr).toContain('has dependent containers')
    expect((await box.ok(['rm', '-f', '-t', '0', '--depend', 'base'])).split('\n')).toHaveLength(3)
    await box.ok(['create', '--name', 'broken', ...none, busyboxName, '/no/such/program'])
    const failed = await box.try(['run', '--rm', '--requires', 'broken', ...none, busyboxName, 'true'])
    expect([failed.code, failed.stderr]).toEqual([127, expect.stringContaining('/no/such/program')])
    const unknown = await box.try(['create', '--requires', 'nobody', ...none, busyboxName, 'true'])
    expect(unknown.stderr).toContain('no container with name or ID "nobody" found: no such container')
    await box.ok(['rm', 'broken'])
  },
)

realTest('--retry counts what a registry is asked again', async () => {
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    response.writeHead(503).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const image = `127.0.0.1:${(server.address() as AddressInfo).port}/x:1`
    const attempts = async (...flags: string[]) => {
      asked = 0
      const { code } = await world.box.try(['run', '--tls-verify=false', ...flags, image, 'true'])
      return [code, asked]
    }
    const [, atOnce] = await attempts('--retry', '0')
    expect(await attempts('--retry', '2', '--retry-delay', '1ms')).toEqual([125, (atOnce as number) + 2])
    expect((await world.box.try(['run', '--retry', '-1', image])).stderr).toContain('invalid argument')
  } finally {
    server.close()
  }
})
