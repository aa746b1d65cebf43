// Builds of both programs: all cached, and cold; with few files and many; stages that need nothing of each other.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { busyboxName } from '../support/busybox-image.ts'
import { run, type World } from './world.ts'

type Timing = (world: World, program: readonly string[], round: number) => number

/** Ten steps: eight RUNs, a COPY of 50 files. Milliseconds, ours and theirs, alternately; the first pair is not counted. */
export function coldBuilds(world: World, rounds: number): [number, number][] {
  const folder = tenSteps(world)
  return pairs(world, rounds, (_, program, round) => {
    writeFileSync(join(folder, 'files/0'), `round ${round}`)
    return timed(world, program, [...flags, '--no-cache', '-t', 'cold', folder])
  })
}

export function cachedBuilds(world: World, rounds: number): [number, number][] {
  const folder = tenSteps(world)
  for (const program of programs(world)) run([...program, 'build', ...flags, '-t', 'cached', folder], world.env)
  return pairs(world, rounds, (_, program) => timed(world, program, [...flags, '-t', 'cached', folder]))
}

/** COPY of 10,000 files, 200 MB. */
export function copies(world: World, rounds: number, isCached: boolean): [number, number][] {
  const folder = manyFiles(world)
  const name = isCached ? 'many-cached' : 'many'
  if (isCached)
    for (const program of programs(world)) run([...program, 'build', ...flags, '-t', name, folder], world.env)
  const how = isCached ? [] : ['--no-cache']
  return pairs(world, rounds, (_, program) => timed(world, program, [...flags, ...how, '-t', name, folder]))
}

/** Seconds of ours alone. */
export function parallelStages(world: World): number {
  const folder = join(world.folder, 'parallel')
  mkdirSync(folder, { recursive: true })
  const names = ['a', 'b', 'c', 'd']
  const stages = names.map((name) => `FROM ${busyboxName} AS ${name}\nRUN sleep 2; echo ${name} >/${name}\n`)
  const copy = names.map((name) => `COPY --from=${name} /${name} /\n`)
  writeFileSync(join(folder, 'Dockerfile'), `${stages.join('')}FROM ${busyboxName}\n${copy.join('')}`)
  return timed(world, world.gantry, ['--network', 'none', '--no-cache', folder]) / 1000
}

const flags = ['--network', 'none', '--layers']

function programs(world: World) {
  return [world.gantry, world.podman]
}

function tenSteps(world: World): string {
  const folder = join(world.folder, 'ten')
  mkdirSync(join(folder, 'files'), { recursive: true })
  for (let index = 0; index < 50; index += 1)
    writeFileSync(join(folder, 'files', String(index)), `${index}\n`.repeat(100))
  const runs = Array.from({ length: 8 }, (_, index) => `RUN echo ${index} >/file-${index}\n`)
  writeFileSync(join(folder, 'Dockerfile'), `FROM ${busyboxName}\nCOPY files /files\n${runs.join('')}`)
  return folder
}

function manyFiles(world: World): string {
  const folder = join(world.folder, 'many')
  const content = Buffer.alloc(20_000, 'x')
  for (let index = 0; index < 10_000; index += 1) {
    const below = join(folder, 'files', String(index % 100))
    if (index < 100) mkdirSync(below, { recursive: true })
    content.writeUInt32LE(index, 0)
    writeFileSync(join(below, String(index)), content)
  }
  writeFileSync(join(folder, 'Dockerfile'), `FROM ${busyboxName}\nCOPY files /files\n`)
  return folder
}

/** What the one before left to be written is not the next one's to wait for. */
function timed(world: World, program: readonly string[], words: readonly string[]): number {
  spawnSync('sync')
  const startedAt = performance.now()
  run([...program, 'build', ...words], world.env)
  return performance.now() - startedAt
}

function pairs(world: World, rounds: number, time: Timing): [number, number][] {
  const found: [number, number][] = []
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? programs(world) : programs(world).reverse()
    const times = order.map((program) => time(world, program, round))
    if (round % 2 !== 0) times.reverse()
    if (round > 0) found.push(times as [number, number])
  }
  return found
}
