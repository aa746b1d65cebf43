// The budgets, one entry each.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { busyboxName } from '../support/busybox-image.ts'
import { cachedBuilds, coldBuilds, copies, parallelStages } from './builds.ts'
import { copyAcross, images200, load, save } from './images.ts'
import { both, type Measured, pairwise, roundsIn, summarize, timed } from './pairs.ts'
import { infraMegabytes, kubePairs, listedPods, podPairs } from './pods.ts'
import { pushAgain, pushAnew } from './push.ts'
import { testImageBelow, testImageName } from './test-image.ts'
import { throughputs } from './throughput.ts'
import { run, type World } from './world.ts'

export interface Benchmark {
  readonly name: string
  readonly goal: { readonly text: string; readonly isReached: (measured: Measured) => boolean }
  readonly measure: (world: World) => Promise<Measured>
}

const none = ['--network', 'none']

export const benchmarks: readonly Benchmark[] = [
  {
    name: '`--version` against `node -e 0`',
    goal: atMost(1.8),
    measure: async (world) => pairwise(world, 30, { ours: [world.bin, '--version'], theirs: [world.node, '-e', '0'] }),
  },
  {
    name: '`--help` against `node -e 0`',
    goal: atMost(1.8),
    measure: async (world) => pairwise(world, 30, { ours: [world.bin, '--help'], theirs: [world.node, '-e', '0'] }),
  },
  {
    name: '`run --rm --network none IMG true`',
    goal: atMost(0.65),
    measure: async (world) => both(world, 20, ['run', '--rm', ...none, busyboxName, 'true']),
  },
  {
    name: '`run --rm IMG true`, in the default network',
    goal: atMost(0.45),
    measure: async (world) => both(world, 10, ['run', '--rm', busyboxName, 'true']),
  },
  {
    name: '`run --rm -p 18080:80 IMG true`',
    goal: atMost(0.45),
    measure: async (world) => both(world, 10, ['run', '--rm', '-p', '18080:80', busyboxName, 'true']),
  },
  {
    name: '`exec C true`',
    goal: atMost(0.55),
    measure: async (world) => withContainer(world, async () => both(world, 20, ['exec', 'bench', 'true'])),
  },
  { name: '`ps`, 0 containers', goal: atMost(1.5), measure: async (world) => both(world, 30, ['ps']) },
  { name: '`ps`, 200 containers', goal: atMost(1.2), measure: ps200 },
  { name: '20 × `run -d` at once', goal: atMost(0.75), measure: twentyAtOnce },
  {
    name: 'private memory per idle container',
    goal: { text: '≤ 0.6 MB', isReached: ({ ours }) => ours <= 0.6 },
    measure: idleMemory,
  },
  {
    name: '`pod create`, 3 × `create --pod`, `pod start`',
    goal: atMost(0.6),
    measure: async (world) => summarize(podPairs(world, roundsIn(world, 10), 'created'), 'ms'),
  },
  {
    name: '`pod create`, 3 × `run -d --pod`',
    goal: atMost(0.6),
    measure: async (world) => summarize(podPairs(world, roundsIn(world, 10), 'run'), 'ms'),
  },
  {
    name: '`kube play` of a Deployment with 5 containers',
    goal: atMost(0.6),
    measure: async (world) => summarize(kubePairs(world, roundsIn(world, 7)), 'ms'),
  },
  {
    name: '`ps`, 50 pods of 2 that run',
    goal: atMost(1.2),
    measure: async (world) => (await listedPods(world)).containers,
  },
  {
    name: '`pod ps`, 50 pods of 2 that run',
    goal: atMost(1.2),
    measure: async (world) => (await listedPods(world)).pods,
  },
  {
    name: 'private memory of an infra container',
    goal: { text: '≤ 0.5 MB', isReached: ({ ours }) => ours <= 0.5 },
    measure: async (world) => summarize([infraMegabytes(world)], 'MB'),
  },
  {
    name: '256 MB of output through `run`',
    goal: { text: '≤ 0.40 × the time', isReached: ({ ratio }) => ratio <= 0.4 },
    measure: async (world) =>
      both(world, 7, ['run', '--rm', ...none, busyboxName, 'dd', 'if=/dev/zero', 'bs=1M', 'count=256']),
  },
  {
    name: 'iperf3, container to host',
    goal: { text: '≥ 1 ×', isReached: ({ ratio }) => ratio >= 1 },
    measure: async (world) => summarize(await throughputs(world, roundsIn(world, 25), 'to the host'), 'Gbit/s'),
  },
  {
    name: 'iperf3, host to container',
    goal: { text: '≥ 1 ×', isReached: ({ ratio }) => ratio >= 1 },
    measure: async (world) => summarize(await throughputs(world, roundsIn(world, 25), 'to the container'), 'Gbit/s'),
  },
  { name: 'pull + unpack, 300 MB, 10,000 files, 6 layers', goal: atMost(0.8), measure: pull },
  { name: 'pull of that image, only its top layer new', goal: atMost(0.6), measure: pullTop },
  {
    name: 'peak memory of that pull',
    goal: { text: '< 200 MB', isReached: ({ ours }) => ours < 200 },
    measure: pullMemory,
  },
  { name: '`images`, 200 images', goal: atMost(1.2), measure: images200 },
  { name: '`save` of that image', goal: atMost(0.8), measure: save },
  { name: '`load` of that image', goal: atMost(0.8), measure: load },
  { name: '`copy` of that image, registry to registry, against skopeo', goal: atMost(0.9), measure: copyAcross },
  { name: 'push of that image, nothing there', goal: atMost(0.8), measure: pushAnew },
  { name: 'push of that image, all there', goal: atMost(0.5), measure: pushAgain },
  {
    name: 'build of ten steps, all cached',
    goal: atMost(0.25),
    measure: async (world) => summarize(cachedBuilds(world, roundsIn(world, 10)), 'ms'),
  },
  {
    name: 'build of ten steps, cold',
    goal: atMost(0.4),
    measure: async (world) => summarize(coldBuilds(world, roundsIn(world, 5)), 'ms'),
  },
  {
    name: 'build with a COPY of 10,000 files, 200 MB, cold',
    goal: atMost(0.7),
    measure: async (world) => summarize(copies(world, roundsIn(world, 5), false), 'ms'),
  },
  {
    name: 'build with a COPY of 10,000 files, 200 MB, cached',
    goal: atMost(0.3),
    measure: async (world) => summarize(copies(world, roundsIn(world, 5), true), 'ms'),
  },
  {
    name: 'build of four stages of `sleep 2`',
    goal: { text: '≤ 3.5 s', isReached: ({ ours }) => ours <= 3.5 },
    measure: async (world) => {
      const seconds = parallelStages(world)
      return { ours: seconds, theirs: 8, ratio: seconds / 8, unit: 's' }
    },
  },
]

function atMost(limit: number): Benchmark['goal'] {
  return { text: `≤ ${limit} ×`, isReached: ({ ratio }) => ratio <= limit }
}

async function withContainer<T>(world: World, action: () => Promise<T>): Promise<T> {
  for (const program of [world.gantry, world.podman])
    run([...program, 'run', '-d', '--name', 'bench', ...none, busyboxName, 'sleep', '1000'], world.env)
  try {
    return await action()
  } finally {
    removeAll(world)
  }
}

function removeAll(world: World): void {
  for (const program of [world.gantry, world.podman]) run([...program, 'rm', '-a', '-f', '-t', '0'], world.env)
}

async function ps200(world: World): Promise<Measured> {
  for (const program of [world.gantry, world.podman]) {
    for (let index = 0; index < 180; index += 1) run([...program, 'create', ...none, busyboxName, 'true'], world.env)
    for (let index = 0; index < 20; index += 1)
      run([...program, 'run', '-d', ...none, busyboxName, 'sleep', '1000'], world.env)
  }
  try {
    return await both(world, 20, ['ps', '-a'])
  } finally {
    removeAll(world)
  }
}

async function twentyAtOnce(world: World): Promise<Measured> {
  const start = async (program: readonly string[]) => {
    const startedAt = performance.now()
    await Promise.all(
      Array.from({ length: 20 }, async () =>
        timed([...program, 'run', '-d', ...none, busyboxName, 'sleep', '1000'], world.env),
      ),
    )
    const taken = performance.now() - startedAt
    removeAll(world)
    return taken
  }
  const pairs: [number, number][] = []
  for (let round = 0; round < roundsIn(world, 5); round += 1)
    pairs.push([await start(world.gantry), await start(world.podman)])
  return summarize(pairs, 'ms')
}

/** Private_Clean + Private_Dirty of the helper processes, the container's own excluded, divided by the containers. */
async function idleMemory(world: World): Promise<Measured> {
  const count = 10
  for (const program of [world.gantry, world.podman]) {
    for (let index = 0; index < count; index += 1)
      run([...program, 'run', '-d', ...none, busyboxName, 'sleep', '1000'], world.env)
  }
  try {
    const ours = privateMegabytes('gantry/monitor') / count
    const theirs = privateMegabytes('conmon') / count
    return { ours, theirs, ratio: ours / theirs, unit: 'MB' }
  } finally {
    removeAll(world)
  }
}

function privateMegabytes(program: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && programOf(name).endsWith(program))
  const kilobytes = pids.flatMap((pid) =>
    [...textOf(`/proc/${pid}/smaps_rollup`).matchAll(/^Private_\w+: +(\d+) kB/gm)].map(([, text]) => Number(text)),
  )
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024
}

function programOf(pid: string): string {
  return textOf(`/proc/${pid}/cmdline`).split('\0')[0] ?? ''
}

/** Nothing, if the process has gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function pull(world: World): Promise<Measured> {
  const reference = `${world.registry}/${testImageName}`
  const forget = () => {
    for (const program of [world.gantry, world.podman])
      spawnSync(program[0] as string, [...program.slice(1), 'rmi', '-f', reference], { env: world.env })
  }
  return pairwise(world, 5, {
    ours: [...world.gantry, 'pull', '-q', '--tls-verify=false', reference],
    theirs: [...world.podman, 'pull', '-q', '--tls-verify=false', reference],
    prepare: forget,
    isDiskSettled: true,
  })
}

async function pullTop(world: World): Promise<Measured> {
  const below = `${world.registry}/${testImageBelow}`
  for (const program of [world.gantry, world.podman])
    run([...program, 'pull', '-q', '--tls-verify=false', below], world.env)
  try {
    return await pull(world)
  } finally {
    for (const program of [world.gantry, world.podman]) run([...program, 'rmi', '-f', below], world.env)
  }
}

async function pullMemory(world: World): Promise<Measured> {
  const reference = `${world.registry}/${testImageName}`
  const peak = (program: readonly string[]) => {
    spawnSync(program[0] as string, [...program.slice(1), 'rmi', '-f', reference], { env: world.env })
    const { stderr } = spawnSync(
      '/usr/bin/time',
      ['-f', '%M', ...program, 'pull', '-q', '--tls-verify=false', reference],
      { env: world.env, encoding: 'utf8' },
    )
    return Number(stderr.trim().split('\n').at(-1)) / 1024
  }
  const ours = peak(world.gantry)
  const theirs = peak(world.podman)
  return { ours, theirs, ratio: ours / theirs, unit: 'MB' }
}
