// A monitor's life from its report to its exit record, with a runtime that obeys a script.

import { closeSync, existsSync, openSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { assemble } from '../../src/spec/bpf.ts'
import { isLockHeld } from '../../src/state/lock.ts'
import { requires } from '../support/requires.ts'
import { appeared, isAlive, kill, monitored, newFolder, until } from './monitored.ts'

describe('start', () => {
  test('reports pid and monitor, and records them', async () => {
    await using monitor = await monitored({ payload: 'exec sleep 60' })
    const { report } = monitor
    expect(report).toEqual({ status: 'started', pid: expect.any(Number), monitorPid: expect.any(Number) })
    const started = JSON.parse(readFileSync(join(monitor.run, 'started.json'), 'utf8'))
    const startTime = Number(readFileSync(`/proc/${report.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19])
    expect(started).toEqual({
      schema: 1,
      pid: report.pid,
      pidStart: startTime,
      monitorPid: report.monitorPid,
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/),
    })
    expect(isLockHeld(join(monitor.run, 'monitor.lock'))).toBe(true)
  })

  test('calls the runtime with its verb, and nothing of ours in the environment', async () => {
    await using monitor = await monitored({
      payload: 'env >&2',
      settings: ['runtime-arg=--root', 'runtime-arg=/some where'],
    })
    await monitor.client.exit
    expect(readFileSync(join(monitor.folder, 'argv'), 'utf8').trimEnd().split('\n')).toEqual([
      ...['--root', '/some where', 'run', '--detach', '--pid-file', join(monitor.run, 'pid')],
      ...['--bundle', monitor.folder, '0123456789abcdef'],
    ])
    expect(monitor.client.stderr()).not.toMatch(/ASAN_OPTIONS/)
  })

  test.each([
    ['create', ['create', '--pid-file'], ['--bundle']],
    ['exec', ['exec', '--detach', '--pid-file'], ['--process', '/x/process.json']],
  ])('mode %s', async (mode, first, last) => {
    await using monitor = await monitored({ payload: 'exit 4', settings: [`mode=${mode}`, 'process=/x/process.json'] })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 4 })
    const argv = readFileSync(join(monitor.folder, 'argv'), 'utf8').trimEnd().split('\n')
    expect(argv.slice(0, first.length)).toEqual(first)
    expect(argv).toEqual(expect.arrayContaining(last))
  })

  test('passes on the preserved descriptors and no other', async () => {
    const first = openSync('/etc/hostname', 'r')
    const second = openSync('/etc/passwd', 'r')
    await using monitor = await monitored({ payload: 'exec sleep 60', preserved: [first, second] })
    closeSync(first)
    closeSync(second)
    const fdsOf = (pid: number) => (fd: number) => readlinkSync(`/proc/${pid}/fd/${fd}`)
    const container = fdsOf(monitor.report.pid as number)
    expect([3, 4].map(container)).toEqual(['/etc/hostname', '/etc/passwd'])
    // The program's loader opens libraries, and closes them again.
    await expect.poll(() => existsSync(`/proc/${monitor.report.pid as number}/fd/5`), { timeout: 10_000 }).toBe(false)
    expect(() => fdsOf(monitor.report.monitorPid as number)(3)).not.toThrow(/hostname/)
    const argv = readFileSync(join(monitor.folder, 'argv'), 'utf8')
    expect(argv).toMatch(/--preserve-fds\n2\n/)
  })

  test('leaks no descriptor into the container', async () => {
    await using monitor = await monitored({ payload: 'ls /proc/$$/fd' })
    await monitor.client.exit
    expect(
      monitor.client
        .stdout()
        .split('\n')
        .filter((fd) => /^\d+$/.test(fd) && Number(fd) < 10),
    ).toEqual(['0', '1', '2'])
  })

  test('needs settings that make sense', async () => {
    await using monitor = await monitored({ settings: ['timeout=soon'] })
    expect(monitor.report).toEqual({ status: 'failed', message: 'bad setting timeout=soon' })
  })
})

describe('a failing runtime', () => {
  test('is reported in its own words, and leaves only the lock', async () => {
    await using monitor = await monitored({ before: 'echo "it \\"broke\\"" >&2; exit 7' })
    expect(monitor.report).toEqual({ status: 'failed', exitCode: 7, message: 'it "broke"\n' })
    await monitor.client.closed
    expect(monitor.files()).toEqual(['monitor.lock'])
    expect(monitor.client.stderr()).toBe('')
    expect(readFileSync(monitor.log, 'utf8')).toBe('')
  })

  test('is quoted by its last 4 KiB, as valid JSON', async () => {
    await using monitor = await monitored({
      before: `head -c 100000 /dev/zero | tr '\\0' '\\377' >&2; echo end >&2; exit 1`,
    })
    expect(monitor.report.message).toHaveLength(4096)
    expect(monitor.report.message).toMatch(/\ufffdend\n$/)
  })

  test('that dies of a signal takes its children along', async () => {
    const file = '$FAKE_ARGV.pid'
    await using monitor = await monitored({
      before: `sh -c 'sleep 60 & echo $! > ${file}; wait' & sleep 0.3; kill -9 $$`,
    })
    expect(monitor.report).toMatchObject({ status: 'failed', exitCode: 137 })
    expect(isAlive(Number(readFileSync(join(monitor.folder, 'argv.pid'), 'utf8')))).toBe(false)
    expect(monitor.files()).toEqual(['monitor.lock'])
  })

  requires('root')('starts the runtime under the filter', async () => {
    const filter = assemble([])
    const settings = [`filter=${filter.toString('hex')}`]
    await using monitor = await monitored({ payload: 'exec sleep 60', settings })
    expect(readFileSync(`/proc/${monitor.report.pid}/status`, 'utf8')).toMatch(/Seccomp:\t2\n/)
    expect(readFileSync(`/proc/${monitor.report.monitorPid}/status`, 'utf8')).toMatch(/Seccomp:\t0\n/)
  })

  test.each(['', '06', 'nonsense00000000', '0600000000000000'.repeat(1025), 'ff00000000000000'])(
    'does not start the runtime under a filter that is none: %.20s',
    async (filter) => {
      await using monitor = await monitored({ payload: 'exec sleep 60', settings: [`filter=${filter}`] })
      expect(monitor.report).toMatchObject({ status: 'failed', exitCode: 127 })
      expect(monitor.report.message).toMatch(/^cannot filter the system calls of .*: Invalid argument/)
    },
  )

  test('that fails after it made the process leaves no process', async () => {
    await using monitor = await monitored({
      payload: 'echo hi; exec sleep 60',
      after: 'cp "$pid_file" "$FAKE_ARGV.pid"; exit 1',
    })
    expect(monitor.report).toMatchObject({ status: 'failed', exitCode: 1 })
    expect(isAlive(Number(readFileSync(join(monitor.folder, 'argv.pid'), 'utf8')))).toBe(false)
  })

  test('that leaves no pid is a failure of its own', async () => {
    await using monitor = await monitored({})
    expect(monitor.report).toEqual({ status: 'failed', message: 'the runtime left no process' })
  })

  test('that cannot be executed says why', async () => {
    await using monitor = await monitored({ settings: ['runtime=/no/such/runtime'] })
    expect(monitor.report).toMatchObject({ status: 'failed', exitCode: 127, message: /No such file/ })
  })

  const hanging = 'echo $PPID $$ >"$FAKE_ARGV.tmp"; mv "$FAKE_ARGV.tmp" "$FAKE_ARGV.pids"; exec sleep 60'

  test('that hangs ends by a SIGTERM to the monitor', async () => {
    const folder = newFolder()
    const starting = monitored({ folder, before: hanging })
    await appeared(join(folder, 'argv.pids'))
    const [monitorPid, runtimePid] = pidsIn(join(folder, 'argv.pids'))
    kill(monitorPid, 'SIGTERM')
    await using monitor = await starting
    expect(monitor.report).toMatchObject({ status: 'failed', exitCode: 137 })
    expect(isAlive(runtimePid)).toBe(false)
  })

  test('dies with a killed monitor', async () => {
    const folder = newFolder()
    const starting = expect(monitored({ folder, before: hanging })).rejects.toThrow(/JSON/)
    await appeared(join(folder, 'argv.pids'))
    const [monitorPid, runtimePid] = pidsIn(join(folder, 'argv.pids'))
    kill(monitorPid)
    await starting
    await until(() => !isAlive(runtimePid))
    rmSync(folder, { recursive: true })
  })
})

describe('end', () => {
  test('what a terminal said is there, though all was over before we saw the terminal', async () => {
    await using monitor = await monitored({
      before: 'kill -STOP $PPID; (sleep 0.5; kill -CONT $PPID) &',
      payload: 'printf hello; exit 3',
      settings: ['terminal=1'],
    })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 3 })
    expect(readFileSync(monitor.log, 'utf8')).toMatch(/ stdout P hello\n$/)
  })

  test.each([
    ['exit 0', { exitCode: 0, signal: 0 }],
    ['exit 42', { exitCode: 42, signal: 0 }],
    ['kill -9 $$', { exitCode: 137, signal: 9 }],
    ['kill -15 $$', { exitCode: 143, signal: 15 }],
  ])('of %s is recorded', async (payload, expected) => {
    await using monitor = await monitored({ payload })
    expect(await monitor.client.exit).toMatchObject({ ...expected, isOomKilled: false, isTimedOut: false })
    expect(monitor.exitRecord()).toEqual(await monitor.client.exit)
  })

  test('before the runtime’s own end is not lost', async () => {
    await using monitor = await monitored({ payload: 'echo quick; exit 3', after: 'exec sleep 0.3' })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 3 })
    expect(monitor.client.stdout()).toBe('quick\n')
  })

  test('of a process that is ours only a moment after the runtime’s end, as crun’s', async () => {
    await using monitor = await monitored({ payload: 'exec sleep 60', before: 'export FAKE_BETWEEN=1' })
    expect(monitor.report).toMatchObject({ status: 'started' })
    kill(monitor.report.pid as number, 'SIGTERM')
    expect(await monitor.client.exit).toMatchObject({ signal: 15 })
  })

  test('by timeout', async () => {
    await using monitor = await monitored({ payload: 'exec sleep 60', settings: ['timeout=1'] })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 255, signal: 9, isTimedOut: true })
  })

  test.each([
    ['v1', 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n'],
    ['v2', 'low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\n'],
  ])('by the out-of-memory killer, as the counter of cgroup %s says', async (_, counters) => {
    const folder = newFolder()
    const file = join(folder, 'counters')
    writeFileSync(file, counters)
    const settings = [`oom-file=${file}`]
    await using monitor = await monitored({
      folder,
      settings,
      payload: `sed -i 's/oom_kill 1/oom_kill 2/' ${file}; kill -9 $$`,
    })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 137, isOomKilled: true })
  })

  test('waits at most a second for a grandchild that keeps the output open', async () => {
    await using monitor = await monitored({ payload: 'sleep 30 & echo $! >&2; echo last; exit 0' })
    const startedAt = performance.now()
    await monitor.client.exit
    expect(performance.now() - startedAt).toBeGreaterThan(800)
    expect(performance.now() - startedAt).toBeLessThan(3000)
    kill(Number(monitor.client.stderr()))
  })

  test('without a client, and with the lock free afterwards', async () => {
    await using monitor = await monitored({ payload: 'exit 9', hasClient: false })
    await monitor.gone
    expect(monitor.exitRecord()).toMatchObject({ exitCode: 9 })
    expect(monitor.files()).toEqual(['exit.json', 'monitor.lock', 'pid', 'started.json'])
    expect(isLockHeld(join(monitor.run, 'monitor.lock'))).toBe(false)
  })

  test('of a killed monitor leaves what README.md says', async () => {
    await using monitor = await monitored({ payload: 'exec sleep 60' })
    kill(monitor.report.monitorPid as number)
    await monitor.client.closed
    await until(() => !isLockHeld(join(monitor.run, 'monitor.lock')))
    expect(monitor.files()).toEqual(['attach', 'exit.json.tmp', 'monitor.lock', 'pid', 'started.json'])
    expect(isAlive(monitor.report.pid as number)).toBe(true)
  })
})

function pidsIn(file: string): [number, number] {
  const [first, second] = readFileSync(file, 'utf8').trim().split(' ').map(Number)
  return [first as number, second as number]
}
