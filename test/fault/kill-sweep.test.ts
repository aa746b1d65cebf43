// SIGKILL at 30 even points of a state change, to the client, the monitor or the runtime: whatever half of it was done, the next
// ordinary command works and afterwards nothing is left. (podman 5.4.2, 30 kills of `run -d`: 2 storage leftovers, 3 orphan monitors.)

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect } from 'vitest'
import { killQuietly } from '../../src/os/process.ts'
import { type Box, finish, leftovers, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { criuFolder } from '../support/criu.ts'
import { startDockerRegistry } from '../support/docker-registry.ts'
import { startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const pointsAsRoot = Number(process.env['GANTRY_KILL_POINTS'] ?? 30)
const rootTest = requires('root', 'runc', 'overlay')

interface Sweep {
  readonly verb: string
  /** Brings the box to where the verb makes sense. */
  readonly prepare?: (box: Box) => Promise<unknown>
  readonly args: readonly string[]
  /** The ordinary command that comes next, and must succeed. */
  readonly next: readonly string[]
}

const run = ['run', '-d', '--name', 'victim', '--network', 'none', busyboxName, 'sleep', '1000']
const create = ['create', '--name', 'victim', '--network', 'none', busyboxName, 'sleep', '1000']

const used = ['run', '-d', '--name', 'victim', '--network', 'none', '-v', '/anonymous', '-v', 'named:/etc']
const runWithVolumes = [...used, busyboxName, 'sleep', '1000']

const sweeps: Sweep[] = [
  { verb: 'run -d', args: run, next: ['rm', '--force', '--time', '0', '--ignore', 'victim'] },
  { verb: 'create', args: create, next: ['rm', '--force', '--ignore', 'victim'] },
  {
    verb: 'start',
    prepare: (box) => quietly(box, create),
    args: ['start', 'victim'],
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  {
    verb: 'stop',
    prepare: (box) => quietly(box, run),
    args: ['stop', '-t', '0', 'victim'],
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  {
    verb: 'rm',
    prepare: (box) => quietly(box, run),
    args: ['rm', '-f', '-t', '0', 'victim'],
    next: ['rm', '-f', '-t', '0', '--ignore', 'victim'],
  },
  { verb: 'volume create', args: ['volume', 'create', 'victim'], next: ['volume', 'rm', '--force', 'victim'] },
  {
    verb: 'volume rm',
    prepare: async (box) => {
      await quietly(box, ['volume', 'rm', '--force', 'named'])
      await quietly(box, ['run', '--rm', '--network', 'none', '-v', 'named:/etc', busyboxName, 'true'])
    },
    args: ['volume', 'rm', 'named'],
    next: ['volume', 'rm', '--force', 'named'],
  },
  {
    verb: 'run -d with volumes',
    prepare: (box) => quietly(box, ['volume', 'rm', '--force', 'named']),
    args: runWithVolumes,
    next: ['rm', '--force', '--volumes', '--time', '0', '--ignore', 'victim'],
  },
  {
    verb: 'rm with volumes',
    prepare: (box) => quietly(box, runWithVolumes),
    args: ['rm', '-f', '-v', '-t', '0', 'victim'],
    next: ['rm', '-f', '-v', '-t', '0', '--ignore', 'victim'],
  },
  {
    verb: 'load',
    prepare: (box) => quietly(box, ['rmi', '-f', '-i', busyboxName]),
    args: ['load', '-q', '-i', busyboxArchive()],
    next: ['load', '-q', '-i', busyboxArchive()],
  },
]

const checkpoint = ['container', 'checkpoint', 'victim']
const archive = join(tmpdir(), `gantry-checkpoint-${process.pid}`)
const exported = ['container', 'checkpoint', '--export', archive, 'victim']

/** A round with criu takes seconds. */
const pointsWithCriu = Math.ceil(pointsAsRoot / 6)
const criuSweeps: Sweep[] = [
  {
    verb: 'checkpoint',
    prepare: (box) => quietly(box, run),
    args: checkpoint,
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  { verb: 'export', prepare: (box) => quietly(box, run), args: exported, next: ['rm', '-f', '-t', '0', 'victim'] },
  {
    verb: 'restore',
    prepare: async (box) => {
      await quietly(box, run)
      await quietly(box, checkpoint)
    },
    args: ['container', 'restore', 'victim'],
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  {
    verb: 'import',
    prepare: async (box) => {
      if (existsSync(archive)) return
      await quietly(box, run)
      await quietly(box, exported)
      await quietly(box, ['rm', 'victim'])
    },
    args: ['container', 'restore', '--import', archive],
    next: ['rm', '-f', '-t', '0', '--ignore', 'victim'],
  },
]

describe.each(['client', 'monitor', 'runc'] as const)('with criu, %s killed', (victim) => {
  afterAll(() => rmSync(archive, { force: true }))
  for (const sweep of criuSweeps) {
    rootTest(`during ${sweep.verb} at ${pointsWithCriu} points leaves nothing`, { timeout: 600_000 }, async () => {
      rmSync(archive, { force: true })
      await using box = openBox({ programs: criuFolder() })
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await sweepPoints(box, sweep, { victim, points: pointsWithCriu })
    })
  }
})

const cases = (['root', 'an ordinary user'] as const).flatMap((who) =>
  (['client', 'monitor', 'runc'] as const).map((victim) => ({ who, victim })),
)

describe.each(cases)('as $who, $victim killed', ({ who, victim }) => {
  const points = who === 'root' ? pointsAsRoot : Math.ceil(pointsAsRoot / 2)
  for (const sweep of sweeps) {
    if (victim !== 'client' && !['run -d', 'start', 'stop'].includes(sweep.verb)) continue
    rootTest(`during ${sweep.verb} at ${points} points leaves nothing`, { timeout: 600_000 }, async () => {
      await using box = openBox(who === 'root' ? {} : { user: testUser() })
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await sweepPoints(box, sweep, { victim, points })
    })
  }
})

requires(
  'root',
  'runc',
  'overlay',
  'docker-registry',
  'skopeo',
)(`as root, client killed during pull at ${pointsAsRoot} points leaves nothing`, { timeout: 600_000 }, async () => {
  await using registry = await startDockerRegistry()
  await using box = openBox()
  const image = `${registry.address}/busybox:latest`
  execFileSync('skopeo', [
    'copy',
    '-q',
    '--dest-tls-verify=false',
    `docker-archive:${busyboxArchive()}`,
    `docker://${image}`,
  ])
  const pull = ['pull', '-q', image]
  await sweepPoints(
    box,
    { verb: 'pull', prepare: () => quietly(box, ['rmi', '-f', '-i', image]), args: pull, next: pull },
    { victim: 'client', points: pointsAsRoot },
  )
})

rootTest(
  `as root, client killed during push at ${pointsAsRoot} points leaves nothing`,
  { timeout: 600_000 },
  async () => {
    await using registry = await startRegistry()
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const push = ['push', '-q', busyboxName, `${registry.address}/busybox:latest`]
    const forget = async () => registry.forget()
    await sweepPoints(
      box,
      { verb: 'push', prepare: forget, args: push, next: push },
      { victim: 'client', points: pointsAsRoot },
    )
    expect(registry.manifests.has('latest')).toBe(true)
  },
)

interface Killing {
  readonly victim: 'client' | 'monitor' | 'runc'
  readonly points: number
}

async function sweepPoints(box: Box, sweep: Sweep, { victim, points }: Killing): Promise<void> {
  const known = new Set(containerCgroups())
  await sweep.prepare?.(box)
  const duration = await durationOf(box, sweep.args)
  await box.ok(sweep.next)
  for (let point = 1; point <= points; point += 1) {
    await sweep.prepare?.(box)
    await killDuring({ box, victim, args: sweep.args, afterMs: (duration * point) / points })
    await box.ok(sweep.next)
    const { stdout } = await finish(box.start(['ps', '--all', '--format', '{{.Names}}']))
    expect(stdout, `after point ${point}`).toBe('')
    expect(leftovers(box.folder), `after point ${point}`).toEqual([])
    expect(await strayCgroups(box, known), `after point ${point}`).toEqual([])
    expect(await anonymousVolumes(box), `after point ${point}`).toBe('')
  }
}

/** Without a look at what it left: the state is looked over once a point. */
async function quietly(box: Box, args: readonly string[]): Promise<void> {
  await finish(box.start(args))
}

/** How long one undisturbed run of the command takes. */
async function durationOf(box: Box, args: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  await finish(box.start(args))
  return performance.now() - startedAt
}

interface Kill {
  readonly box: Box
  readonly victim: 'client' | 'monitor' | 'runc'
  readonly args: readonly string[]
  readonly afterMs: number
}

async function killDuring({ box, victim, args, afterMs }: Kill): Promise<void> {
  const child = box.start(args)
  const ended = finish(child)
  await sleep(afterMs)
  if (victim === 'client') child.kill('SIGKILL')
  else for (const pid of pidsOf(box, victim)) killQuietly(pid)
  await ended
}

/** Processes of this box whose program is the monitor, or runc. */
function pidsOf(box: Box, victim: 'monitor' | 'runc'): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        if (!environment.includes(box.folder) && !command.includes(box.folder)) return false
        return (command.split('\0')[0] ?? '').endsWith(victim)
      } catch {
        return false
      }
    })
    .map(Number)
}

/** One whose container is gone belongs to nobody. */
async function anonymousVolumes(box: Box): Promise<string> {
  const { stdout } = await finish(box.start(['volume', 'ls', '-q', '--filter', 'name=^[0-9a-f]{64}$']))
  return stdout
}

/** Groups in which nothing runs, or something of this box; others may run containers of their own meanwhile. */
async function strayCgroups(box: Box, known: ReadonlySet<string>): Promise<string[]> {
  let found = containerCgroups().filter((folder) => !known.has(folder) && isEmptyOrOf(box, folder))
  for (let round = 0; round < 25 && found.length > 0; round += 1) {
    await sleep(200)
    found = found.filter((folder) => existsSync(folder) && isEmptyOrOf(box, folder))
  }
  return found
}

function isEmptyOrOf(box: Box, folder: string): boolean {
  const pids = textOf(join(folder, 'cgroup.procs')).split('\n').filter(Boolean)
  return pids.length === 0 || pids.some((pid) => textOf(`/proc/${pid}/mountinfo`).includes(box.folder))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function containerCgroups(): string[] {
  return ['memory/gantry', 'gantry', 'pids/gantry', 'systemd/gantry'].flatMap((path) => {
    const folder = join('/sys/fs/cgroup', path)
    if (!existsSync(folder)) return []
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
  })
}
