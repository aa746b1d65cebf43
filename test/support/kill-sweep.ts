// SIGKILL at even points of a command, to the client, the monitor or the runtime: whatever half of it was done, the next ordinary
// command works and afterwards nothing is left.

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { absentAsUndefined } from '../../src/base/errors.ts'
import { killQuietly } from '../../src/os/process.ts'
import { type Box, finish, leftovers } from './box.ts'

/** How many points, unless GANTRY_KILL_POINTS says so. */
export const pointsAsRoot = Number(process.env['GANTRY_KILL_POINTS'] ?? 30)

export interface Sweep {
  readonly verb: string
  /** Brings the box to where the verb makes sense. */
  readonly prepare?: (box: Box) => Promise<unknown>
  readonly args: readonly string[]
  /** The ordinary command that comes next, and must succeed. */
  readonly next: readonly string[]
  /** What there is of it after that, besides processes, mounts, temporary files and control groups; nothing, it is hoped. */
  readonly left?: (box: Box) => unknown
}

interface Killing {
  readonly victim: 'client' | 'monitor' | 'runc'
  readonly points: number
}

export async function sweepPoints(box: Box, sweep: Sweep, { victim, points }: Killing): Promise<void> {
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
    expect(sweep.left?.(box) ?? [], `after point ${point}`).toEqual([])
  }
}

/** Without a look at what it left: the state is looked over once a point. */
export async function quietly(box: Box, args: readonly string[]): Promise<void> {
  await finish(box.start(args))
}

/** As `quietly`, of what must succeed. */
export async function surely(box: Box, args: readonly string[]): Promise<void> {
  const { code, stderr } = await finish(box.start(args))
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
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
        // The monitor has no environment, and works in its container's folder.
        const traces = [environment, command, readlinkSync(`/proc/${pid}/cwd`)]
        if (!traces.some((trace) => trace.includes(box.folder))) return false
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

/** Groups in which nothing runs, or something of this box; what others leave for a moment their own next command takes away. */
async function strayCgroups(box: Box, known: ReadonlySet<string>): Promise<string[]> {
  let found = containerCgroups().filter((folder) => !known.has(folder) && isEmptyOrOf(box, folder))
  for (let round = 0; round < 300 && found.length > 0; round += 1) {
    await sleep(200)
    found = found.filter((folder) => existsSync(folder) && isEmptyOrOf(box, folder))
  }
  return found
}

function isEmptyOrOf(box: Box, folder: string): boolean {
  const pids = processesBelow(folder)
  return pids.length === 0 || pids.some((pid) => textOf(`/proc/${pid}/mountinfo`).includes(box.folder))
}

function processesBelow(folder: string): string[] {
  const below = absentAsUndefined(() => readdirSync(folder, { withFileTypes: true })) ?? []
  const inside = below.filter((entry) => entry.isDirectory()).flatMap(({ name }) => processesBelow(join(folder, name)))
  return [...textOf(join(folder, 'cgroup.procs')).split('\n').filter(Boolean), ...inside]
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
