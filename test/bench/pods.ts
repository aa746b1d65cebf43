// Pods of both programs: how long one with three containers takes to be made and started, and what its infra container keeps of memory.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { busyboxName } from '../support/busybox-image.ts'
import { both, type Measured } from './pairs.ts'
import { run, type World } from './world.ts'

const members = ['one', 'two', 'three']

/**
 * Milliseconds, ours and theirs, alternately. The first pair warms up and is not counted. The containers are created and then started with
 * their pod, or each is run at once.
 */
export function podPairs(world: World, rounds: number, way: 'created' | 'run'): [number, number][] {
  return pairs(world, rounds, (_, program) => timePod(world, program, way))
}

/** The same of a manifest that is played. */
export function kubePairs(world: World, rounds: number): [number, number][] {
  const container = (name: string) => ({ name, image: busyboxName, command: ['sleep', '1000'] })
  const template = { spec: { hostNetwork: true, containers: ['a', 'b', 'c', 'd', 'e'].map(container) } }
  const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop' }, spec: { template } }
  const file = join(world.folder, 'shop.json')
  writeFileSync(file, JSON.stringify(manifest))
  return pairs(world, rounds, (_, program) => {
    const startedAt = performance.now()
    run([...program, 'kube', 'play', file], world.env)
    const takenMs = performance.now() - startedAt
    run([...program, 'pod', 'rm', '-a', '-f', '-t', '0'], world.env)
    return takenMs
  })
}

interface Listed {
  readonly containers: Measured
  readonly pods: Measured
}

const listed = new WeakMap<World, Promise<Listed>>()

/** `ps` and `pod ps` of 50 pods of two containers that run. They are made once: it takes podman minutes to have them, and to be rid of them. */
export async function listedPods(world: World): Promise<Listed> {
  const found = listed.get(world) ?? listPods(world)
  listed.set(world, found)
  return found
}

async function listPods(world: World): Promise<Listed> {
  const containers = ['a', 'b'].map((name) => ({ name, image: busyboxName, command: ['sleep', '10000'] }))
  const pods = Array.from({ length: 50 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod${index}` },
    spec: { hostNetwork: true, containers },
  }))
  const file = join(world.folder, 'pods.yaml')
  writeFileSync(file, pods.map((pod) => JSON.stringify(pod)).join('\n---\n'))
  const programs = [world.gantry, world.podman]
  for (const program of programs) run([...program, 'kube', 'play', file], world.env)
  try {
    return { containers: await both(world, 20, ['ps']), pods: await both(world, 20, ['pod', 'ps']) }
  } finally {
    for (const program of programs) run([...program, 'pod', 'rm', '-a', '-f', '-t', '0'], world.env)
  }
}

type Timing = (world: World, program: readonly string[]) => number

function pairs(world: World, rounds: number, time: Timing): [number, number][] {
  const found: [number, number][] = []
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? [world.gantry, world.podman] : [world.podman, world.gantry]
    const times = order.map((program) => time(world, program))
    if (round % 2 !== 0) times.reverse()
    if (round > 0) found.push(times as [number, number])
  }
  return found
}

/** Of the infra process and its monitor, ours and theirs. */
export function infraMegabytes(world: World): [number, number] {
  return [world.gantry, world.podman].map((program) => {
    const id = makePod(world, program)
    run([...program, 'pod', 'start', id], world.env)
    const infra = run([...program, 'pod', 'inspect', '--format', '{{.InfraContainerID}}', id], world.env).trim()
    const pids = run([...program, 'inspect', '--format', '{{.State.Pid}} {{.State.ConmonPid}}', infra], world.env)
    const megabytes = pids
      .trim()
      .split(' ')
      .reduce((sum, pid) => sum + privateMegabytes(pid), 0)
    run([...program, 'pod', 'rm', '-f', '-t', '0', id], world.env)
    return megabytes
  }) as [number, number]
}

function timePod(world: World, program: readonly string[], way: 'created' | 'run'): number {
  const startedAt = performance.now()
  const id = makePod(world, program)
  const words = way === 'run' ? ['run', '-d'] : ['create']
  for (const _ of members) run([...program, ...words, '--pod', id, busyboxName, 'sleep', '1000'], world.env)
  if (way === 'created') run([...program, 'pod', 'start', id], world.env)
  const takenMs = performance.now() - startedAt
  run([...program, 'pod', 'rm', '-f', '-t', '0', id], world.env)
  return takenMs
}

function makePod(world: World, program: readonly string[]): string {
  return run([...program, 'pod', 'create', '--network', 'none'], world.env).trim()
}

function privateMegabytes(pid: string): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kilobytes = [...text.matchAll(/^Private_\w+: +(\d+) kB/gm)].map(([, number]) => Number(number))
  return kilobytes.reduce((sum, number) => sum + number, 0) / 1024
}
