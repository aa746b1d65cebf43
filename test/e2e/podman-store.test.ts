// containers-storage: images of podman's own store, as the real podman keeps them.

import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { layeredImage, layeredName } from '../support/layered-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'podman', 'skopeo')
const quick = { isChecked: false }

/** A store of podman's in the box. */
function podmanIn(box: Box, driver: string) {
  const root = join(box.folder, `podman-${driver}`)
  const run = join(box.folder, `podman-${driver}-run`)
  const globals = ['--root', root, '--runroot', run, '--storage-driver', driver]
  return {
    root,
    place: `containers-storage:[${driver}@${root}+${run}]`,
    ok: (...args: string[]) =>
      execFileSync('podman', [...globals, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(),
    // podman mounts its overlay folder on itself.
    [Symbol.dispose]: () => execFileSync('sh', ['-c', `umount -l ${root}/overlay 2>/dev/null; true`]),
  }
}

/** Two layers of what tars can hold, the second with a whiteout. */
function layersIn(folder: string): Buffer[] {
  const tree = join(folder, 'tree')
  mkdirSync(join(tree, 'deep'), { recursive: true })
  writeFileSync(join(tree, 'deep', 'file'), Buffer.alloc(300_000, 'x'))
  writeFileSync(join(tree, 'deep', 'empty'), '')
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/latin`), Buffer.from([0xe9])]), 'bytes')
  linkSync(join(tree, 'deep', 'file'), join(tree, 'hard'))
  symlinkSync('/etc/passwd', join(tree, 'soft'))
  const pack = (...flags: string[]) =>
    execFileSync('tar', ['-C', tree, ...flags, '-cf', '-', '.'], { maxBuffer: 1 << 26 })
  const first = pack('--format=pax')
  rmSync(join(tree, 'deep'), { recursive: true })
  writeFileSync(join(tree, '.wh.deep'), '')
  return [first, pack('--format=gnu')]
}

rootTest.each(['overlay', 'vfs'])('%s: layers come out as they went in', async (driver) => {
  await using box = openBox()
  using podman = podmanIn(box, driver)
  podman.ok('load', '-q', '-i', layeredImage(box.folder, layersIn(box.folder)))
  const id = podman.ok('images', '-q', '--no-trunc').replace('sha256:', '')
  const config = await box.ok(['inspect', '--config', '--raw', `${podman.place}${layeredName}`], quick)
  expect(createHash('sha256').update(config).digest('hex')).toBe(id)
  // Each layer is checked by its digest on the way.
  await box.ok(['copy', '-q', `${podman.place}${id.slice(0, 12)}`, `oci:${join(box.folder, 'oci')}:x`], quick)
  const judged = execFileSync('skopeo', ['inspect', '--raw', `oci:${join(box.folder, 'oci')}:x`], { encoding: 'utf8' })
  expect(JSON.parse(judged)).toMatchObject({
    config: { digest: `sha256:${id}` },
    layers: Array.from({ length: 3 }, () => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' })),
  })
})

rootTest('pull brings an image along under its name, or by its id under all its names', async () => {
  await using box = openBox()
  using podman = podmanIn(box, 'vfs')
  podman.ok('load', '-q', '-i', busyboxArchive())
  podman.ok('tag', busyboxName, 'other:1')
  const id = podman.ok('images', '-q', '--no-trunc', busyboxName).replace('sha256:', '')
  const names = async () => (await box.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'], quick)).split('\n')
  expect(await box.ok(['pull', '-q', `${podman.place}other:1`])).toBe(id)
  expect(await names()).toEqual(['localhost/other:1'])
  expect(await box.ok(['pull', '-q', `${podman.place}${id}`])).toBe(id)
  expect((await names()).sort()).toEqual([busyboxName, 'localhost/other:1'].sort())
  const missing = await box.try(['pull', '-q', `${podman.place}nosuch`], quick)
  expect(missing).toMatchObject({ code: 125, stderr: expect.stringContaining("no image 'nosuch' in podman's store") })
  const all = await box.try(['pull', '-q', '--all-tags', `docker-archive:${busyboxArchive()}`], quick)
  expect(all.stderr).toBe('Error: pulling all tags is not supported for docker-archive transport\n')
  const daemon = await box.try(['pull', '-q', 'docker-daemon:x:latest'], quick)
  expect(daemon.stderr).toContain('cannot talk to the docker daemon at unix:///var/run/docker.sock')
})

rootTest("waits for podman's lock, and tells what is missing or damaged", async () => {
  await using box = openBox()
  using podman = podmanIn(box, 'overlay')
  podman.ok('load', '-q', '-i', busyboxArchive())
  const copy = ['copy', '-q', `${podman.place}${busyboxName}`, 'localhost/brought']
  const lock = join(podman.root, 'overlay-layers', 'layers.lock')
  const hold =
    'import fcntl,sys\nf=open(sys.argv[1],"r+")\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint("held",flush=True)\nsys.stdin.read()'
  const holder = spawn('python3', ['-c', hold, lock], { stdio: ['pipe', 'pipe', 'ignore'] })
  await once(holder.stdout, 'data')
  const waiting = box.ok(copy)
  const first = await Promise.race([waiting, new Promise((done) => setTimeout(done, 1500, 'waits'))])
  holder.stdin.end()
  expect([first, await waiting]).toEqual(['waits', ''])
  const id = podman.ok('images', '-q', '--no-trunc')
  expect(await box.ok(['images', '-q', '--no-trunc'], quick)).toBe(id)

  const [{ id: layer }] = JSON.parse(readFileSync(join(podman.root, 'overlay-layers', 'layers.json'), 'utf8'))
  const cases: [string[], RegExp][] = [
    [['copy', `${podman.place}nosuch`, 'x'], /no image 'nosuch' in podman's store overlay@/],
    [['copy', `containers-storage:[btrfs@${podman.root}]x`, 'x'], /holds no images of podman's with driver btrfs/],
    [['copy', busyboxName, `${podman.place}x`], /cannot be written to containers-storage[^]*podman load -i/],
  ]
  for (const [args, reason] of cases)
    expect(await box.try(args, quick)).toMatchObject({ code: 125, stderr: expect.stringMatching(reason) })
  await box.ok(['rmi', '-f', 'localhost/brought'])
  await box.ok(['image', 'prune', '--all', '--force'])
  writeFileSync(join(podman.root, 'overlay', layer, 'diff', 'bin', 'busybox'), 'other bytes')
  const damaged = await box.try(copy)
  expect(damaged).toMatchObject({ code: 125, stderr: expect.stringMatching(/bin\/busybox' is not what it was/) })
  expect(await box.ok(['images', '-q'])).toBe('')
})
