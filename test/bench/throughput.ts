// How fast bytes go between a container in the default network and the host: iperf3 from Debian, put into an image by a tar.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { run, type World } from './world.ts'

const image = 'localhost/iperf3:latest'
const gateway = '10.88.0.1'
// The rates of a virtual machine leap between 11 and 21 Gbit/s: many short rounds say more than few long ones.
const seconds = 2

/** [ours, theirs] in Gbit/s, alternately, `rounds` times. */
export async function throughputs(
  world: World,
  rounds: number,
  direction: 'to the host' | 'to the container',
): Promise<[number, number][]> {
  importImage(world)
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [world.gantry, world.podman] : [world.podman, world.gantry]
    const rates: number[] = []
    for (const program of order) rates.push(await rate(world, program, direction))
    if (round % 2 !== 0) rates.reverse()
    pairs.push(rates as [number, number])
  }
  return pairs
}

function importImage(world: World): void {
  const archive = join(world.folder, 'iperf3.tar')
  const libraries = execFileSync('ldd', ['/usr/bin/iperf3'], { encoding: 'utf8' })
  const files = [...libraries.matchAll(/(\/\S+) \(/g)].map(([, file]) => file as string)
  execFileSync('tar', ['-chf', archive, '-C', '/', '--absolute-names', '/usr/bin/iperf3', ...files])
  for (const program of [world.gantry, world.podman]) run([...program, 'import', '-q', archive, image], world.env)
}

async function rate(world: World, program: readonly string[], direction: string): Promise<number> {
  const server = spawn('iperf3', ['-s', '-1', '--forceflush'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(server.stdout, 'data')
  const reverse = direction === 'to the host' ? [] : ['-R']
  const words = [
    'run',
    '--rm',
    '--tmpfs',
    '/tmp',
    image,
    'iperf3',
    '-c',
    gateway,
    '-t',
    String(seconds),
    '-J',
    ...reverse,
  ]
  const report = JSON.parse(run([...program, ...words], world.env)) as Report
  await once(server, 'close')
  return report.end.sum_received.bits_per_second / 1e9
}

interface Report {
  readonly end: { readonly sum_received: { readonly bits_per_second: number } }
}
