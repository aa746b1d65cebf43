// Two commands after each other, again and again, and how their times compare.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import type { World } from './world.ts'

export interface Measured {
  readonly ours: number
  readonly theirs: number
  /** Median of the pairwise ratios ours / theirs. */
  readonly ratio: number
  readonly unit: string
}

export async function both(world: World, rounds: number, args: readonly string[]): Promise<Measured> {
  return pairwise(world, rounds, { ours: [...world.gantry, ...args], theirs: [...world.podman, ...args] })
}

export interface Pair {
  readonly ours: readonly string[]
  readonly theirs: readonly string[]
  /** Before each pair. */
  readonly prepare?: () => void
  /** Before each command: what the one before left to be written is not the next one's to wait for. */
  readonly isDiskSettled?: boolean
}

/** Alternates the two commands, and which of them is first; the first pair warms up and is not counted. */
export async function pairwise(
  world: World,
  rounds: number,
  { ours, theirs, prepare, isDiskSettled }: Pair,
): Promise<Measured> {
  const pairs: [number, number][] = []
  for (let round = 0; round <= roundsIn(world, rounds); round += 1) {
    prepare?.()
    const times: number[] = []
    const order = round % 2 === 0 ? [ours, theirs] : [theirs, ours]
    for (const argv of order) {
      if (isDiskSettled) spawnSync('sync')
      times.push(await timed(argv, world.env))
    }
    if (round % 2 !== 0) times.reverse()
    if (round > 0) pairs.push(times as [number, number])
  }
  return summarize(pairs, 'ms')
}

export function roundsIn({ isQuick }: World, rounds: number): number {
  return isQuick ? Math.ceil(rounds / 5) : rounds
}

export function summarize(pairs: readonly [number, number][], unit: string): Measured {
  return {
    ours: median(pairs.map(([ours]) => ours)),
    theirs: median(pairs.map(([, theirs]) => theirs)),
    ratio: median(pairs.map(([ours, theirs]) => ours / theirs)),
    unit,
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

export async function timed(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(argv[0] as string, argv.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.resume()
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const code = await ended(child)
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${code} ${Buffer.concat(errors).toString()}`)
  return performance.now() - startedAt
}

async function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.once('close', done))
}
