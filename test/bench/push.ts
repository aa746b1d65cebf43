// The image of the pull benchmark, pushed to the registry under another of its names: so nobody knows that its blobs are there already.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Measured, pairwise } from './pairs.ts'
import { testImageName } from './test-image.ts'
import { run, type World } from './world.ts'

const repository = (whose: string) => `pushed-${whose}/big`

/** Every layer is sent. */
export async function pushAnew(world: World): Promise<Measured> {
  return push(world, () => {
    for (const whose of ['ours', 'theirs']) rmSync(repositoryFolder(world, whose), { recursive: true, force: true })
  })
}

/** Every layer is there. */
export async function pushAgain(world: World): Promise<Measured> {
  return push(world, () => undefined)
}

async function push(world: World, prepare: () => void): Promise<Measured> {
  const image = `${world.registry}/${testImageName}`
  const registry = world.registry.replace('localhost', '127.0.0.1')
  for (const program of [world.gantry, world.podman]) {
    run([...program, 'pull', '-q', '--tls-verify=false', image], world.env)
  }
  const command = (program: readonly string[], whose: string) => [
    ...program,
    ...['push', '-q', '--tls-verify=false', image, `${registry}/${repository(whose)}:latest`],
  ]
  return pairwise(world, 5, {
    ours: command(world.gantry, 'ours'),
    theirs: command(world.podman, 'theirs'),
    prepare,
    isDiskSettled: true,
  })
}

function repositoryFolder(world: World, whose: string): string {
  return join(world.folder, 'registry/docker/registry/v2/repositories', repository(whose))
}
