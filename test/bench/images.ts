// What is done with images that are there: listed by the hundred, saved, loaded, copied from one place of a registry to another.

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { both, type Measured, pairwise } from './pairs.ts'
import { testImageName } from './test-image.ts'
import { run, type World } from './world.ts'

/** With the others that are there. podman 4.3 takes 10 s for it, so that three rounds must do. */
export async function images200(world: World): Promise<Measured> {
  const names = loadMany(world, 200)
  try {
    return await both(world, 3, ['images'])
  } finally {
    for (const program of [world.gantry, world.podman]) run([...program, 'rmi', '-f', ...names], world.env)
  }
}

export async function save(world: World): Promise<Measured> {
  const image = pulled(world)
  const file = (whose: string) => join(world.folder, `saved-${whose}.tar`)
  const prepare = () => {
    for (const whose of ['ours', 'theirs']) rmSync(file(whose), { force: true })
  }
  const measured = await pairwise(world, 5, {
    ours: [...world.gantry, 'save', '-q', '-o', file('ours'), image],
    theirs: [...world.podman, 'save', '-q', '-o', file('theirs'), image],
    prepare,
    isDiskSettled: true,
  })
  prepare()
  return measured
}

export async function load(world: World): Promise<Measured> {
  const image = pulled(world)
  const file = join(world.folder, 'to-load.tar')
  run([...world.podman, 'save', '-q', '-o', file, image], world.env)
  const measured = await pairwise(world, 5, {
    ours: [...world.gantry, 'load', '-q', '-i', file],
    theirs: [...world.podman, 'load', '-q', '-i', file],
    prepare: () => {
      for (const program of [world.gantry, world.podman])
        spawnSync(program[0] as string, [...program.slice(1), 'rmi', '-f', image], { env: world.env })
    },
    isDiskSettled: true,
  })
  rmSync(file)
  return measured
}

/** Nothing of it is there. */
export async function copyAcross(world: World): Promise<Measured> {
  const repository = (whose: string) => `copied-${whose}/big`
  const place = (whose: string) => `docker://${world.registry.replace('localhost', '127.0.0.1')}/${repository(whose)}:1`
  const source = `docker://${world.registry}/${testImageName}`
  const flags = ['-q', '--src-tls-verify=false', '--dest-tls-verify=false']
  return pairwise(world, 5, {
    ours: [...world.gantry, 'copy', ...flags, source, place('ours')],
    theirs: [...world.skopeo, 'copy', ...flags, source, place('theirs')],
    prepare: () => {
      for (const whose of ['ours', 'theirs'])
        rmSync(join(world.folder, 'registry/docker/registry/v2/repositories', repository(whose)), {
          recursive: true,
          force: true,
        })
    },
    isDiskSettled: true,
  })
}

function pulled(world: World): string {
  const image = `${world.registry}/${testImageName}`
  for (const program of [world.gantry, world.podman])
    run([...program, 'pull', '-q', '--tls-verify=false', image], world.env)
  return image
}

/** One small layer under many names, each with a config of its own. */
function loadMany(world: World, count: number): string[] {
  const folder = join(world.folder, 'many')
  mkdirSync(folder)
  writeFileSync(join(folder, 'file'), 'x')
  execFileSync('tar', ['-C', folder, '-cf', join(folder, 'layer.tar'), 'file'])
  const digest = hash(readFileSync(join(folder, 'layer.tar')))
  const entries = Array.from({ length: count }, (_, at) => {
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      created: new Date(1_700_000_000_000 + at * 1000).toISOString(),
      config: { Labels: { at: String(at) } },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    })
    const file = `${hash(config)}.json`
    writeFileSync(join(folder, file), config)
    return { Config: file, RepoTags: [`localhost/many/image${at}:latest`], Layers: ['layer.tar'] }
  })
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(entries))
  const archive = join(world.folder, 'many.tar')
  execFileSync('tar', ['-C', folder, '-cf', archive, '.'])
  for (const program of [world.gantry, world.podman]) run([...program, 'load', '-q', '-i', archive], world.env)
  rmSync(folder, { recursive: true })
  rmSync(archive)
  return entries.map(({ RepoTags: [name = ''] }) => name)
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
