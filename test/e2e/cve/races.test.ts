// A container that shares a volume and swaps a folder of it for a link to the host, as fast as it goes, while we work in it.

import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { attackProgram, withAttack } from '../../support/attack.ts'
import { finish } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName as busybox } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const none = ['--network', 'none']
const rounds = 4
/** Names that the container's folder and the host's have both, so that a look-up finds something either way. */
const files = Array.from({ length: 300 }, (_, index) => `f${index}`)
const host = join(tmpdir(), `gantry-cve-host-${process.pid}`)

/** `/d/x` is a folder with those files or, as often, a link to the host's. */
beforeAll(async () => {
  const { box } = world
  await box.ok(['volume', 'create', 'shared'])
  const fill = `mkdir /d/x; cd /d/x; for f in ${files.join(' ')}; do echo inside >$f; done; ln -s ${host} /d/y`
  await box.ok(['run', '--rm', ...none, '-v', 'shared:/d', busybox, 'sh', '-c', fill])
  const swapper = ['run', '-d', '--name', 'swapper', ...none, '-v', 'shared:/d', ...withAttack(), busybox]
  await box.ok([...swapper, '/attack', 'swap', '/d/x', '/d/y'])
})
afterAll(async () => {
  await world.box.ok(['rm', '-f', '-t', '0', 'swapper'])
  rmSync(host, { recursive: true, force: true })
})

beforeEach(() => {
  rmSync(host, { recursive: true, force: true })
  mkdirSync(host)
  for (const name of files) writeFileSync(join(host, name), 'of the host')
})
afterEach(() => {
  expect(readdirSync(host).toSorted()).toEqual(files.toSorted())
  for (const name of files) expect(readFileSync(join(host, name), 'utf8')).toBe('of the host')
})

test('option U gives nothing of the host away', async () => {
  for (let round = 0; round < 2 * rounds; round += 1) {
    const flags = ['--user', `${3000 + round}:${3000 + round}`, '-v', 'shared:/d:U']
    const { code } = await world.box.try(['run', '--rm', ...none, ...flags, busybox, 'true'], { isChecked: false })
    expect(code).toBe(0)
    expect(files.filter((name) => statSync(join(host, name)).uid !== 0)).toEqual([])
  }
  expect(statSync(host).uid).toBe(0)
})

test('CVE-2024-23651: subpath mounts what is in the volume, or nothing', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const mount = 'type=volume,src=shared,dst=/m,subpath=x'
    const words = ['run', '--rm', ...none, '--mount', mount, busybox, 'cat', '/m/f0']
    const { stdout } = await world.box.try(words, { isChecked: false })
    expect(['', 'inside\n']).toContain(stdout)
  }
})

test('CVE-2023-0778: volume export packs what is in the volume', async () => {
  const out = join(world.box.folder, 'out.tar')
  for (let round = 0; round < rounds; round += 1) {
    await world.box.try(['volume', 'export', '-o', out, 'shared'], { isChecked: false })
    expect(readFileSync(out, 'latin1')).not.toContain('of the host')
    rmSync(out)
  }
})

test('volume import writes into the volume only', async () => {
  const tree = join(world.box.folder, 'tree/x')
  mkdirSync(tree, { recursive: true })
  for (const name of files) writeFileSync(join(tree, name), 'imported')
  const tar = join(world.box.folder, 'in.tar')
  // The folder itself is no member: it would take the link's place.
  execFileSync('sh', ['-c', `cd ${join(tree, '..')} && tar -cf ${tar} x/*`])
  for (let round = 0; round < rounds; round += 1) {
    await world.box.try(['volume', 'import', 'shared', tar], { isChecked: false })
  }
})

test('rm takes a container away that somebody still writes into, and nothing of the host', async () => {
  const { box } = world
  const make = `mkdir /x; cd /x; for f in ${files.join(' ')}; do :>$f; done; ln -s ${host} /y`
  await box.ok(['run', '--name', 'busy', ...none, busybox, 'sh', '-c', make])
  const cwd = join(box.root, 'containers', (await box.inspect('busy')).Id, 'upper')
  const swapper = spawn(attackProgram(), ['swap', 'x', 'y'], { stdio: 'ignore', cwd })
  await box.try(['rm', 'busy'], { isChecked: false })
  swapper.kill('SIGKILL')
  await finish(swapper)
  await box.try(['system', 'check', '--repair'], { isChecked: false })
  expect(await box.findings()).toEqual([])
})
