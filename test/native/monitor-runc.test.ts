// The monitor with the real runc: terminals, namespaces, what a kill leaves, what an idle one costs.

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { encodeFrame, encodeSignal, frameTypes } from '../../src/runtime/frames.ts'
import { requires } from '../support/requires.ts'
import { encodeResize } from './frames.ts'
import { isAlive, kill, type Monitored, type MonitorOptions, monitored, newFolder, until } from './monitored.ts'
import { plainMonitor } from './programs.ts'

const rootTest = requires('root', 'runc')
const applets = [
  'sh',
  'cat',
  'echo',
  'tail',
  'sleep',
  'ls',
  'head',
  'stty',
  'seq',
  'true',
  'kill',
  'wc',
  'tty',
  'id',
  'env',
]

interface RuncOptions extends MonitorOptions {
  readonly args: readonly string[]
  readonly hasTerminal?: boolean
  /** In place of runc. */
  readonly runtime?: string
  readonly memory?: { readonly limit: number; readonly swap: number }
}

function idOf(folder: string): string {
  return `monitor-test-${process.pid}-${folder.slice(-6)}`
}

/** A container of busybox in a bundle of its own; deleted when the block ends. */
async function contained({
  args,
  runtime,
  memory,
  hasTerminal = false,
  settings = [],
  ...options
}: RuncOptions): Promise<Monitored> {
  const folder = options.folder ?? newFolder()
  const id = idOf(folder)
  const root = join(folder, 'runc')
  makeBundle(folder, { args, hasTerminal, id, memory })
  const runc = execFileSync('sh', ['-c', 'command -v runc'], { encoding: 'utf8' }).trim()
  const own = [
    `id=${id}`,
    `runtime=${runtime ?? runc}`,
    'runtime-arg=--root',
    `runtime-arg=${root}`,
    `bundle=${folder}`,
  ]
  const all = [...own, ...(hasTerminal ? ['terminal=1'] : []), ...settings]
  const monitor = await monitored({ ...options, folder, settings: all })
  const dispose = monitor[Symbol.asyncDispose].bind(monitor)
  return Object.assign(monitor, {
    async [Symbol.asyncDispose]() {
      if (monitor.report.pid !== undefined) kill(monitor.report.pid)
      await until(() => monitor.report.pid === undefined || !isAlive(monitor.report.pid))
      execFileSync(runc, ['--root', root, 'delete', '--force', id], { stdio: 'ignore' })
      removeControlGroups(`gantry-${id}`)
      await dispose()
    },
  })
}

/** A runc that was killed before it wrote its state knows of no container to delete. */
function removeControlGroups(name: string): void {
  execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', name, '-type', 'd', '-exec', 'rmdir', '{}', '+'])
}

type Bundle = Pick<RuncOptions, 'args'> & {
  readonly hasTerminal: boolean
  readonly id: string
  readonly memory: RuncOptions['memory']
}

function makeBundle(folder: string, container: Bundle): void {
  const bin = join(folder, 'rootfs', 'bin')
  mkdirSync(bin, { recursive: true })
  for (const name of ['proc', 'dev', 'sys', 'tmp']) mkdirSync(join(folder, 'rootfs', name))
  copyFileSync('/usr/bin/busybox', join(bin, 'busybox'))
  chmodSync(join(bin, 'busybox'), 0o755)
  for (const applet of applets) symlinkSync('busybox', join(bin, applet))
  execFileSync('runc', ['spec'], { cwd: folder })
  const path = join(folder, 'config.json')
  const config = JSON.parse(readFileSync(path, 'utf8'))
  config.process.args = container.args
  config.process.terminal = container.hasTerminal
  config.root.readonly = false
  config.linux.cgroupsPath = `/gantry-${container.id}`
  config.linux.resources.memory = container.memory
  writeFileSync(path, JSON.stringify(config))
}

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = newFolder()
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true })
    },
  }
}

/** Who runs in the container of this folder, by its control group: also what no record names. */
function processesIn(folder: string): number[] {
  const name = `gantry-${idOf(folder)}`
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => textOf(`/proc/${pid}/cgroup`).includes(name))
    .map(Number)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

describe('without a terminal', () => {
  rootTest('runs, reports the code, and leaks no descriptor', async () => {
    await using monitor = await contained({ args: ['sh', '-c', 'ls /proc/self/fd; echo err >&2; exit 17'] })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 17, signal: 0 })
    expect([monitor.client.stdout(), monitor.client.stderr()]).toEqual(['0\n1\n2\n3\n', 'err\n'])
  })

  rootTest('keeps what a quick container writes, every time', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 15; round += 1) {
      await using monitor = await contained({ args: ['sh', '-c', 'echo out; echo err >&2; echo last'] })
      expect(await monitor.client.exit).toMatchObject({ exitCode: 0 })
      expect([monitor.client.stdout(), monitor.client.stderr()]).toEqual(['out\nlast\n', 'err\n'])
    }
  })

  rootTest('reports what runc says of a program that is not there', async () => {
    await using monitor = await contained({ args: ['/no/such/program'] })
    expect(monitor.report).toMatchObject({ status: 'failed', exitCode: 1, message: /no such file or directory/ })
    expect(monitor.files()).toEqual(['monitor.lock'])
  })

  rootTest('mode create waits for runtime start', async () => {
    await using monitor = await contained({ args: ['echo', 'started'], settings: ['mode=create'] })
    expect(monitor.report.status).toBe('started')
    expect(monitor.client.stdout()).toBe('')
    const id = readdirSync(join(monitor.folder, 'runc'))[0] as string
    execFileSync('runc', ['--root', join(monitor.folder, 'runc'), 'start', id])
    await monitor.client.exit
    expect(monitor.client.stdout()).toBe('started\n')
  })

  rootTest('passes signals on, and sees a SIGKILL', async () => {
    await using monitor = await contained({ args: ['sleep', '60'] })
    monitor.client.socket.write(encodeSignal(9))
    expect(await monitor.client.exit).toMatchObject({ exitCode: 137, signal: 9 })
  })

  rootTest('that is killed for want of memory is recorded as such', async () => {
    const folder = newFolder()
    const group = `gantry-${idOf(folder)}`
    const [v1, v2] = [`/sys/fs/cgroup/memory/${group}/memory.oom_control`, `/sys/fs/cgroup/${group}/memory.events`]
    const file = existsSync('/sys/fs/cgroup/memory') ? v1 : v2
    const memory = { limit: 16 << 20, swap: 16 << 20 }
    const args = ['sh', '-c', 'head -c 60000000 /dev/zero | tail']
    await using monitor = await contained({ folder, args, memory, settings: [`oom-file=${file}`] })
    expect(await monitor.client.exit).toMatchObject({ isOomKilled: true, exitCode: 137 })
  })

  rootTest('exec sessions have monitors of their own', async () => {
    await using monitor = await contained({ args: ['sleep', '60'] })
    const folder = newFolder()
    const process = { args: ['sh', '-c', 'cat; exit 23'], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } }
    writeFileSync(join(folder, 'process.json'), JSON.stringify(process))
    const id = readdirSync(join(monitor.folder, 'runc'))[0] as string
    const own = [`id=${id}`, 'runtime=/usr/sbin/runc', 'runtime-arg=--root', `runtime-arg=${monitor.folder}/runc`]
    const settings = [...own, 'mode=exec', `process=${folder}/process.json`, 'stdin=1', 'log-driver=none']
    await using session = await monitored({ folder, settings })
    session.client.write('to the session\n')
    session.client.endInput()
    expect(await session.client.exit).toMatchObject({ exitCode: 23 })
    expect(session.client.stdout()).toBe('to the session\n')
    expect(isAlive(monitor.report.pid as number)).toBe(true)
  })
})

describe('with a terminal', () => {
  rootTest('has the size that was sent before the start, and follows changes', async () => {
    const early = encodeResize({ rows: 33, columns: 99 })
    const args = ['sh', '-c', 'stty size; read line; stty size; tty']
    await using monitor = await contained({ args, early, hasTerminal: true, settings: ['stdin=1'] })
    await monitor.client.saw('33 99')
    monitor.client.socket.write(encodeResize({ rows: 10, columns: 200 }))
    monitor.client.write('\n')
    await monitor.client.exit
    expect(monitor.client.stdout()).toMatch(/33 99[^]*10 200[^]*\/dev\/(pts\/0|console)/)
  })

  rootTest('Ctrl-C interrupts', async () => {
    const args = ['sh', '-c', 'trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.1; done']
    await using monitor = await contained({ args, hasTerminal: true, settings: ['stdin=1'] })
    await monitor.client.saw('ready')
    monitor.client.write('\x03')
    expect(await monitor.client.exit).toMatchObject({ exitCode: 5 })
    expect(monitor.client.stdout()).toMatch(/interrupted/)
  })

  rootTest.each([
    ['a line', 'hallo\n'],
    ['half a line', 'hallo'],
  ])('end of stdin after %s ends its reader', async (_, input) => {
    const early = Buffer.concat([encodeFrame(frameTypes.stdin, Buffer.from(input)), encodeFrame(frameTypes.stdin)])
    await using monitor = await contained({
      args: ['sh', '-c', 'cat; echo over'],
      early,
      hasTerminal: true,
      settings: ['stdin=1'],
    })
    await monitor.client.exit
    expect(monitor.client.stdout()).toMatch(/hallo[^]*over\r\n$/)
  })

  rootTest('loses no last byte, and survives a console that is closed and opened again', async () => {
    const script = 'seq 1 20000; exec </dev/null >/dev/null 2>&1; sleep 0.3; exec >/dev/console; echo again; exit 3'
    await using monitor = await contained({ args: ['sh', '-c', script], hasTerminal: true })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 3 })
    expect(monitor.client.stdout()).toMatch(/\r\n19999\r\n20000\r\nagain\r\n$/)
  })

  rootTest('works in a folder whose path is longer than a socket’s address', async () => {
    await using parent = await temporaryFolder()
    const folder = join(parent.path, 'x'.repeat(120))
    mkdirSync(folder)
    await using monitor = await contained({ folder, args: ['tty'], hasTerminal: true })
    expect(await monitor.client.exit).toMatchObject({ exitCode: 0 })
  })
})

describe('a killed', () => {
  rootTest('runc leaves no process behind, whenever it dies', { timeout: 120_000 }, async () => {
    for (let delay = 1; delay <= 20; delay += 1) {
      const folder = newFolder()
      const wrapper = join(folder, 'killed-runc')
      const real = execFileSync('sh', ['-c', 'command -v runc'], { encoding: 'utf8' }).trim()
      const script = `#!/bin/sh\n${real} "$@" & child=$!\nsleep ${(delay * 0.002).toFixed(3)}\nkill -9 $child\nwait $child\n`
      writeFileSync(wrapper, script, { mode: 0o755 })
      await using monitor = await contained({ folder, args: ['sleep', '60'], runtime: wrapper, hasClient: false })
      if (monitor.report.status === 'failed') expect(monitor.files()).toEqual(['monitor.lock'])
      expect(
        processesIn(folder).filter((pid) => monitor.report.status === 'failed' || pid !== monitor.report.pid),
      ).toEqual([])
    }
  })
})

describe('an idle monitor', () => {
  rootTest('costs less than half a megabyte and never wakes up', async () => {
    const command = [plainMonitor()]
    await using monitor = await contained({ command, args: ['sh', '-c', 'seq 1 100000; exec sleep 60'] })
    await monitor.client.saw('\n100000\n')
    monitor.client.socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const pid = monitor.report.monitorPid as number
    const dirty = /Private_Dirty:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    expect(Number(dirty)).toBeLessThan(512)
    const switches = () => /\nvoluntary_ctxt_switches:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const before = switches()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(switches()).toBe(before)
  })

  requires('root', 'runc', 'valgrind')('is clean under valgrind', { timeout: 60_000 }, async () => {
    const folder = newFolder()
    const command = [
      'valgrind',
      '--quiet',
      '--leak-check=full',
      '--error-exitcode=99',
      `--log-file=${folder}/valgrind.%p`,
      plainMonitor(),
    ]
    await using monitor = await contained({
      folder,
      command,
      args: ['sh', '-c', 'cat; seq 1 1000'],
      settings: ['stdin=1'],
    })
    monitor.client.write('x\n')
    monitor.client.endInput()
    await monitor.client.exit
    await monitor.gone
    const report = readFileSync(join(folder, `valgrind.${monitor.report.monitorPid}`), 'utf8')
    expect(report).toBe('')
  })
})
