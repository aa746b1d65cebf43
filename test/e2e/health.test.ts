// Health checks of real containers: when they run, what they find, and what follows.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished } from 'vitest'
import { finish, openBox } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { layeredImage, layeredName } from '../support/layered-image.ts'
import { notifySocket } from '../support/notify-socket.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const flag = 'test ! -e /bad'

interface Health {
  readonly Status: string
  readonly FailingStreak: number
  readonly Log: readonly { readonly ExitCode: number; readonly Output: string }[] | null
}

/** Gone after the test, whatever it did. */
async function start(
  flags: readonly string[],
  {
    program = ['sleep', '1000'],
    runtime = 'runc',
  }: { readonly program?: readonly string[]; readonly runtime?: string } = {},
): Promise<void> {
  const run = ['--runtime', runtime, 'run', '-d', '--name', 'c', '--network', 'none']
  await world.box.ok([...run, ...flags, busyboxName, ...program])
  onTestFinished(async () => void (await world.box.ok(['rm', '-f', '-t', '0', 'c'])))
}

const byHand = (command: string) => ['--health-cmd', command, '--health-interval', 'disable']
const check = async () => world.box.try(['healthcheck', 'run', 'c'])
const health = async () => (await world.box.inspect('c')).State['Health'] as Health
const spoil = async () => world.box.ok(['exec', 'c', 'touch', '/bad'])
const processes = async () => world.box.ok(['top', 'c', 'args'])

async function untilTrue(isTrue: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    if (await isTrue()) return
    await sleep(100)
  }
  throw new Error('it did not come true in 6 seconds and more')
}

realTest('the timer finds it healthy, then unhealthy, and everybody is told', async () => {
  const { box } = world
  const script = `echo out; echo err >&2; ${flag}`
  await start(['--health-cmd', script, '--health-interval', '250ms', '--health-retries', '2'])
  expect(await box.ok(['wait', '--condition', 'healthy', 'c'])).toBe('-1')
  expect(await box.ok(['ps', '--format', '{{.Status}}'])).toMatch(/^Up .* \(healthy\)$/)
  expect(await box.ok(['ps', '-q', '--filter', 'health=unhealthy'])).toBe('')
  expect((await health()).Log?.[0]).toMatchObject({ ExitCode: 0, Output: 'out\nerr\n' })
  await spoil()
  await box.ok(['wait', '--condition', 'unhealthy', 'c'])
  expect(await box.ok(['ps', '--filter', 'health=unhealthy', '--format', '{{.Names}}'])).toBe('c')
  const found = await health()
  expect(found).toMatchObject({ Status: 'unhealthy' })
  expect(found.FailingStreak).toBeGreaterThanOrEqual(2)
  const told = await box.ok(['events', '--stream=false', '--filter', 'event=health_status', '--format', 'json'])
  const events = told.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  // Of changes alone: there were more checks.
  const changes = [{ health_status: 'healthy' }, { health_status: 'unhealthy' }]
  expect(events).toEqual(changes.map((change) => expect.objectContaining({ Name: 'c', ...change })))
  const lines = await box.ok(['events', '--stream=false', '--filter', 'event=health_status'])
  expect(lines).toMatch(/name=c, health_status=unhealthy, health_failing_streak=2, health_log=\)/)
  expect(await box.ok(['events', '--stream=false', '--filter', 'event=exec', '--format', '{{.Name}}'])).toBe('c')
})

realTest('healthcheck run: exit codes and words', async () => {
  const { box } = world
  await start(byHand(flag))
  expect(await health()).toEqual({ Status: 'starting', FailingStreak: 0, Log: null })
  expect(await check()).toEqual({ code: 0, stdout: '', stderr: '' })
  await spoil()
  expect(await check()).toEqual({ code: 1, stdout: 'unhealthy\n', stderr: '' })
  expect(await health()).toMatchObject({ Status: 'healthy', FailingStreak: 1 })
  expect((await box.try(['healthcheck', 'run', '--ignore-result', 'c'])).code).toBe(0)
  await box.ok(['update', '--health-cmd', '["/no/such"]', 'c'])
  expect((await check()).code).toBe(1)
  expect((await health()).Log?.at(-1)).toMatchObject({ ExitCode: 1, Output: expect.stringContaining('/no/such') })
  await box.ok(['pause', 'c'])
  expect(await check()).toMatchObject({ code: 125, stderr: expect.stringMatching(/is not running\n/) })
  await box.ok(['unpause', 'c'])
  await box.ok(['restart', '-t', '0', 'c'])
  expect(await health()).toEqual({ Status: 'starting', FailingStreak: 0, Log: null })
  await box.ok(['stop', '-t', '0', 'c'])
  expect(await check()).toMatchObject({ code: 125, stderr: expect.stringMatching(/is not running\n/) })
  expect(await box.try(['healthcheck', 'run', 'nobody'])).toMatchObject({ code: 125 })
})

realTest('a check that takes too long is killed with all that it has started', async () => {
  await start([...byHand('echo begun; sleep 777; true'), '--health-timeout', '300ms', '--health-retries', '1'])
  expect(await check()).toMatchObject({
    ...{ code: 125, stderr: expect.stringContaining('healthcheck command exceeded timeout of 300ms') },
  })
  expect(await health()).toMatchObject({ Status: 'unhealthy', Log: [{ ExitCode: -1, Output: 'begun\n' }] })
  expect(await processes()).not.toContain('777')
})

realTest('what a check leaves running keeps nobody waiting', async () => {
  await start(byHand('sleep 778 & echo done'))
  const before = performance.now()
  expect((await check()).code).toBe(0)
  expect(performance.now() - before).toBeLessThan(10_000)
  expect((await health()).Log).toMatchObject([{ Output: 'done\n' }])
})

realTest('a check that was killed leaves nothing to the next', async () => {
  await start([...byHand('test -e /quick || sleep 779')])
  const child = world.box.start(['healthcheck', 'run', 'c'])
  const ended = finish(child)
  await untilTrue(async () => (await processes()).includes('779'))
  child.kill('SIGKILL')
  await ended
  await world.box.ok(['exec', 'c', 'touch', '/quick'])
  expect((await check()).code).toBe(0)
  expect(await processes()).not.toContain('779')
  expect(await health()).toMatchObject({ Status: 'healthy', Log: [{ ExitCode: 0 }] })
})

describe('on failure', () => {
  realTest.for([
    ['none', /^running 0/],
    ['kill', /^exited 137/],
    ['stop', /^exited 0/],
  ] as const)('%s', async ([action, state]) => {
    // Its first process must want to end.
    const program = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done']
    await start([...byHand(flag), '--health-retries', '1', '--health-on-failure', action], { program })
    expect((await check()).code).toBe(0)
    await spoil()
    expect(await check()).toMatchObject({ code: 1, stdout: 'unhealthy\n' })
    const shown = ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}} {{.Config.HealthcheckOnFailureAction}}', 'c']
    expect(await world.box.ok(shown)).toMatch(state)
  })

  // Zombies of the check would keep the first process of their PID namespace from ending (pid_namespaces(7)).
  realTest('waits for no process that a failing runtime has left in the container', async () => {
    const runtime = join(world.box.folder, 'leaving-runc')
    const isThere = join(world.box.folder, 'stray-is-there')
    const leave = [
      `nsenter -p -t $(pgrep -f '^sleep 31415') sh -c 'touch ${isThere}; exec sleep 1000' >/dev/null 2>&1 & inner=$!`,
      `until test -e ${isThere}; do sleep 0.05; done`,
      'kill -9 $inner; wait $inner; exit 1',
    ]
    const lines = ['#!/bin/sh', `case " $* " in *" exec "*) ${leave.join('\n')};; esac`, 'exec runc "$@"', '']
    writeFileSync(runtime, lines.join('\n'), { mode: 0o755 })
    await start([...byHand(flag), '--health-retries', '1', '--health-on-failure', 'stop', '--stop-timeout', '0'], {
      program: ['sleep', '31415'],
      runtime,
    })
    expect(await check()).toEqual({ code: 1, stdout: 'unhealthy\n', stderr: '' })
    expect(await world.box.ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'c'])).toBe('exited 137')
  })

  realTest('restart, by the timer, and only as long as it is unhealthy', async () => {
    const { box } = world
    const once = `if [ -e /bad ]; then rm /bad; exit 1; fi`
    const flags = ['--health-interval', '200ms', '--health-retries', '1', '--health-on-failure', 'restart']
    await start(['--health-cmd', once, '--stop-timeout', '0', ...flags], {
      program: ['sh', '-c', 'sleep 1000 & wait'],
    })
    await box.ok(['wait', '--condition', 'healthy', 'c'])
    await box.ok(['update', '--restart', 'no', 'c'])
    await spoil()
    const count = async () => Number(await box.ok(['inspect', '-f', '{{.RestartCount}}', 'c']))
    await untilTrue(async () => (await count()) === 1)
    await box.ok(['wait', '--condition', 'healthy', 'c'])
    expect(await count()).toBe(1)
    await box.ok(['stop', '-t', '0', 'c'])
    expect((await box.inspect('c')).State['Status']).toBe('exited')
  })
})

realTest(
  '--restart POLICY,unhealthy starts what is unhealthy again, and is refused where that says nothing',
  async () => {
    const { box } = world
    const failing = 'test -e /seen || { touch /seen; exit 1; }'
    const once = ['--health-cmd', failing, '--health-interval', '200ms', '--health-retries', '1']
    await start(['--restart', 'unless-stopped,unhealthy', '--stop-timeout', '0', ...once])
    await untilTrue(async () => (await box.inspect('c'))['RestartCount'] === 1)
    await box.ok(['wait', '--condition', 'healthy', 'c'])
    expect(
      await box.ok(['inspect', '-f', '{{.HostConfig.RestartPolicy.Name}} {{.Config.HealthcheckOnFailureAction}}', 'c']),
    ).toBe('unless-stopped restart')
    const plain = await box.try(['create', '--restart', 'always,unhealthy', busyboxName])
    expect(plain).toMatchObject({ code: 125, stderr: expect.stringContaining('without a health check') })
    const torn = await box.try([
      'create',
      '--restart',
      'no,unhealthy',
      '--health-on-failure',
      'kill',
      ...once,
      busyboxName,
    ])
    expect(torn).toMatchObject({ code: 125, stderr: expect.stringContaining('contradict each other') })
  },
)

realTest('a startup check goes before, and then the other one begins at once', async () => {
  const { box } = world
  const startup = ['--health-startup-cmd', 'test -e /up', '--health-startup-interval', '200ms']
  const late = ['--health-startup-success', '2', '--health-start-period', '0s', '--health-retries', '1']
  await start(['--health-cmd', 'echo regular', '--health-interval', '60s', ...startup, ...late])
  expect(await check()).toMatchObject({ code: 1, stdout: 'starting\n' })
  expect(await health()).toMatchObject({ Status: 'starting', FailingStreak: 0 })
  await box.ok(['exec', 'c', 'touch', '/up'])
  await untilTrue(async () => (await health()).Log?.at(-1)?.Output === 'regular\n')
  expect((await health()).Status).toBe('healthy')
})

realTest('a startup check that fails too often starts it again', async () => {
  const startup = ['--health-startup-cmd', 'false', '--health-startup-interval', '10m', '--health-startup-retries', '2']
  await start(['--health-cmd', 'true', ...startup, '--stop-timeout', '0'])
  expect((await check()).stdout).toBe('starting\n')
  const count = async () => Number(await world.box.ok(['inspect', '-f', '{{.RestartCount}}', 'c']))
  await untilTrue(async () => (await count()) > 0)
})

realTest('the image’s check, and none of it', async () => {
  const { box } = world
  const changes = { Healthcheck: { Test: ['CMD-SHELL', 'echo of image'], Interval: 9e9, StartPeriod: 1e9 } }
  await box.ok(['load', '-q', '-i', layeredImage(box.folder, [], changes)])
  const shown = (name: string) => box.ok(['inspect', '-f', '{{json .Config.Healthcheck}}', name])
  await box.ok(['run', '-d', '--name', 'own', '--network', 'none', layeredName, 'sleep', '1000'])
  expect(JSON.parse(await shown('own'))).toEqual({ ...changes.Healthcheck, Timeout: 30e9, Retries: 3 })
  await box.ok(['wait', '--condition', 'healthy', 'own'])
  expect(await box.ok(['inspect', '-f', '{{.Config.Healthcheck.Interval}} {{.State.Health.Status}}', 'own'])).toBe(
    '9s healthy',
  )
  await box.ok(['run', '-d', '--name', 'none', '--network', 'none', '--no-healthcheck', layeredName, 'sleep', '1000'])
  expect(await shown('none')).toBe('{"Test":["NONE"]}')
  await box.ok(['create', '--name', 'slow', '--network', 'none', '--health-interval', '99s', layeredName])
  expect(JSON.parse(await shown('slow'))).toMatchObject({ ...changes.Healthcheck, Interval: 99e9 })
  expect(await box.ok(['ps', '--filter', 'health=none', '--format', '{{.Names}} {{.Status}}'])).not.toContain('(')
  expect((await box.try(['healthcheck', 'run', 'none'])).stderr).toMatch(
    /^Error: container \S+ has no defined healthcheck/,
  )
  await box.ok(['rm', '-f', '-t', '0', 'own', 'none', 'slow'])
})

realTest('logs: in a folder, among the events, so long', async () => {
  const { box } = world
  await start([...byHand('echo 123456789'), '--health-log-destination', box.folder, '--health-max-log-size', '5'])
  for (const _ of [1, 2]) await check()
  const file = readdirSync(box.folder).find((name) => name.endsWith('-healthcheck.log')) ?? ''
  const logged = () => JSON.parse(readFileSync(join(box.folder, file), 'utf8')) as Health
  expect(logged()).toMatchObject({ Status: 'healthy', Log: [{ Output: '12345' }, { Output: '12345' }] })
  await box.ok(['update', '--health-max-log-count', '1', '--health-log-destination', 'events_logger', 'c'])
  await check()
  expect((await health()).Log).toHaveLength(1)
  expect(logged().Log).toHaveLength(2)
  const told = await box.ok(['events', '--stream=false', '--filter', 'event=health_status', '--filter', 'container=c'])
  expect(
    told
      .split('\n')
      .slice(-3)
      .map((line) => line.includes('"ExitCode":0,"Output":"12345"')),
  ).toEqual([false, false, true])
})

realTest('update: another interval counts at once, --no-healthcheck ends it', async () => {
  const { box } = world
  await start(['--health-cmd', 'echo x', '--health-interval', '10m'])
  await box.ok(['wait', '--condition', 'healthy', 'c'])
  await box.ok(['update', '--health-interval', '100ms', 'c'])
  await untilTrue(async () => ((await health()).Log?.length ?? 0) >= 4)
  await box.ok(['update', '--no-healthcheck', 'c'])
  expect(await health()).toBeUndefined()
  await box.ok(['update', '--health-cmd', 'echo again', '--health-interval', 'disable', 'c'])
  expect(await health()).toEqual({ Status: 'starting', FailingStreak: 0, Log: null })
  expect((await box.try(['update', '--no-healthcheck', '--health-retries', '2', 'c'])).stderr).toBe(
    'Error: cannot specify both --no-healthcheck and other HealthCheck flags\n',
  )
})

realTest.for([
  [['--health-on-failure', 'kill'], 'Error: cannot set on-failure action to kill without a health check\n'],
  [['--health-startup-cmd', 'x'], /^Error: cannot set a startup healthcheck when there is no regular healthcheck: /],
  [['--sdnotify', 'healthy'], 'Error: invalid argument: sdnotify policy "healthy" requires a healthcheck to be set\n'],
  [['--no-healthcheck', '--health-cmd', 'x'], 'Error: cannot specify both --no-healthcheck and --health-cmd\n'],
  [['--health-cmd', 'x', '--health-retries', '0'], 'Error: healthcheck-retries must be greater than 0\n'],
  [['--health-cmd', 'x', '--health-max-log-count', '-1'], /"-1" for "--health-max-log-count" flag/],
  [
    ['--health-log-destination', '/no/such'],
    /^Error: HealthCheck Log '\/no\/such' destination error: stat \/no\/such: no/,
  ],
] as [string[], string | RegExp][])('refused: %j', async ([flags, message]) => {
  const { code, stderr } = await world.box.try(['create', ...flags, busyboxName])
  expect(code).toBe(125)
  if (typeof message === 'string') expect(stderr).toBe(message)
  else expect(stderr).toMatch(message)
})

realTest('sdnotify healthy: a start ends when the first check has succeeded, and tells', async () => {
  const { box } = world
  using socket = await notifySocket(join(box.folder, 'healthy.sock'))
  const env = { NOTIFY_SOCKET: socket.path }
  const flags = ['--network', 'none', '--sdnotify', 'healthy', ...byHand(flag)]
  await box.ok(['create', '--name', 'n', ...flags, busyboxName, 'sleep', '1000'], { env })
  const started = finish(box.start(['start', 'n']))
  await box.ok(['wait', '--condition', 'running', 'n'])
  const main = `MAINPID=${await box.ok(['inspect', '-f', '{{.State.ConmonPid}}', 'n'])}`
  expect(await socket.messages(1)).toEqual([main])
  expect((await box.try(['healthcheck', 'run', 'n'])).code).toBe(0)
  expect(await started).toMatchObject({ code: 0 })
  expect(await socket.messages(2)).toEqual([main, 'READY=1'])
  await box.ok(['rm', '-f', '-t', '0', 'n'])
  const ends = await box.try(['run', '-d', '--rm', ...flags, busyboxName, 'true'], { env })
  expect(ends).toMatchObject({ code: 126, stderr: expect.stringContaining('container is stopped') })
})

realTest('events of checks only where they are wanted', async () => {
  const { box } = world
  const conf = join(box.folder, 'quiet.conf')
  const { writeFileSync } = await import('node:fs')
  writeFileSync(conf, '[containers]\nnetns = "none"\n[engine]\nhealthcheck_events = false\n')
  await start(byHand(flag))
  const events = async () =>
    box.ok(['events', '--stream=false', '--filter', 'event=health_status', '--filter', 'container=c'])
  const before = await events()
  await box.ok(['healthcheck', 'run', 'c'], { env: { CONTAINERS_CONF: conf } })
  expect(await events()).toBe(before)
  expect((await health()).Status).toBe('healthy')
})

realTest('an ordinary user', async () => {
  await using box = openBox({ user: testUser('gantry-rootless') })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const flags = ['--network', 'none', '--health-cmd', flag, '--health-interval', '200ms', '--health-retries', '1']
  await box.ok(['run', '-d', '--name', 'c', ...flags, '--health-on-failure', 'kill', busyboxName, 'sleep', '1000'])
  await box.ok(['wait', '--condition', 'healthy', 'c'])
  await box.ok(['exec', 'c', 'touch', '/bad'])
  expect(await box.ok(['wait', 'c'])).toBe('137')
})
