// Checkpoints that leave their container: as archives and images, restored where the container is not.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { criuFolder } from '../support/criu.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
/** What the test forges of config.dump. */
interface Dump {
  readonly gantry: { readonly spec: { readonly mounts: { readonly mounts: object[] }; readonly network: object } }
}

const counting = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done'
const change =
  'echo new > /new; echo more >> /etc/passwd; rm -r /home; mkdir -p /deep/er; chown 5:6 /deep; echo kept > /data/kept'

describe.each(['overlay', 'vfs'])('with %s', (driver) => {
  let here: Box
  let there: Box

  beforeAll(async () => {
    here = openBox({ programs: criuFolder() })
    there = openBox({ programs: criuFolder() })
    for (const box of [here, there]) {
      await box.ok([...(driver === 'vfs' ? ['--storage-driver', 'vfs'] : []), 'load', '-q', '-i', busyboxArchive()])
    }
  })
  afterAll(async () => {
    await here[Symbol.asyncDispose]()
    await there[Symbol.asyncDispose]()
  })

  const started = async (name: string, flags: readonly string[] = [], script = counting) =>
    here.ok(['run', '-d', '--name', name, '--network', 'none', ...flags, busybox, 'sh', '-c', script])
  const count = async (box: Box, name: string) => Number((await box.ok(['logs', '--tail', '1', name])).trim())
  const countsBeyond = async (box: Box, name: string, least: number) =>
    vi.waitFor(async () => expect(await count(box, name)).toBeGreaterThan(least), { timeout: 10_000, interval: 200 })
  const checkpoint = async (...words: string[]) => here.ok(['container', 'checkpoint', ...words])
  const restore = async (box: Box, ...words: string[]) => box.ok(['container', 'restore', ...words])
  const said = async (box: Box, ...words: string[]) => {
    const { code, stderr } = await box.try(['container', ...words])
    return `${code} ${stderr}`
  }
  const clean = async () => {
    for (const box of [here, there]) {
      await box.ok(['rm', '-fa', '-t', '0'])
      await box.ok(['volume', 'prune', '-f'])
      for (const name of ['data']) await box.try(['volume', 'rm', name])
    }
  }

  test('an archive holds what is needed to go on in another place', async () => {
    const id = await started('all', ['-v', 'data:/data'], `${change}; ${counting}`)
    await countsBeyond(here, 'all', 5)
    const archive = join(here.folder, 'all.tar')
    expect(await checkpoint('--compress', 'none', '--export', archive, 'all')).toBe('all')
    expect((await here.inspect('all')).State).toMatchObject({ Status: 'exited', Checkpointed: true })
    expect(statSync(archive).mode & 0o777).toBe(0o600)
    const members = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).trim().split('\n')
    const expected = ['config.dump', 'spec.dump', 'network.status', 'stats-dump', 'ctr.log', 'checkpoint/']
    expect(members).toEqual(
      expect.arrayContaining([...expected, 'checkpoint/inventory.img', 'rootfs-diff.tar', 'volumes/data.tar']),
    )
    const before = await count(here, 'all')
    await here.ok(['rm', 'all'])

    expect(await restore(there, '--import', archive)).toBe(id)
    await countsBeyond(there, 'all', before)
    const numbers = (await there.ok(['logs', 'all'])).trim().split('\n').map(Number)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    const look = 'cat /new; tail -n 1 /etc/passwd; ls -d /home; stat -c %u:%g /deep; cat /data/kept'
    const seen = await there.try(['exec', 'all', 'sh', '-c', look])
    expect(seen.stdout).toBe('new\nmore\n5:6\nkept\n')
    expect((await there.inspect('all')).State).toMatchObject({ Status: 'running', Restored: true })
    expect(await said(there, 'restore', '-i', archive)).toMatch(
      /^125 .*volume with name data already exists. Use --ignore-volumes/,
    )
    expect(await said(there, 'restore', '-i', archive, '--ignore-volumes')).toMatch(
      /^125 .*container with ID .* already exists/,
    )

    const other = await restore(there, '-i', archive, '--ignore-volumes', '--ignore-rootfs', '--name', 'other')
    expect(other).toMatch(/^[0-9a-f]{64}$/)
    expect(other).not.toBe(id)
    expect((await there.try(['exec', 'other', 'ls', '-d', '/new', '/home'])).stdout).toBe('/home\n')
    await clean()
  })

  test('an image is a checkpoint, too', async () => {
    await started('pictured', [], `echo new > /new; ${counting}`)
    await countsBeyond(here, 'pictured', 3)
    await checkpoint('--leave-running', '--create-image', 'snapshot', 'pictured')
    expect((await here.inspect('pictured')).State).toMatchObject({ Status: 'running' })
    const [image] = JSON.parse(await here.ok(['image', 'inspect', 'snapshot'])) as {
      Annotations: Record<string, string>
    }[]
    expect(image?.Annotations).toMatchObject({
      'io.podman.annotations.checkpoint.name': 'pictured',
      'io.podman.annotations.checkpoint.rootfsImageName': busybox,
      'io.podman.annotations.checkpoint.runtime.name': 'runc',
    })
    await here.ok(['rm', '-f', '-t', '0', 'pictured'])
    const saved = join(here.folder, 'snapshot.tar')
    await here.ok(['save', '-q', '--format', 'oci-archive', '-o', saved, 'snapshot'])
    await there.ok(['load', '-q', '-i', saved])
    for (const box of [here, there]) {
      await restore(box, 'snapshot')
      await restore(box, '--name', 'second', 'localhost/snapshot')
      expect(await box.ok(['exec', 'second', 'cat', '/new'])).toBe('new')
      await countsBeyond(box, 'pictured', 3)
      expect(await said(box, 'restore', busybox)).toMatch(/^125 .*no such container or checkpoint image/)
      await box.ok(['rm', '-fa', '-t', '0'])
      await box.ok(['rmi', 'snapshot'])
    }
  })
})

describe('with overlay alone', () => {
  let box: Box
  beforeAll(async () => {
    box = openBox({ programs: criuFolder() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  const script = `echo new > /new; ${counting}`
  /** It counts, so that the file is there. */
  const started = async (name: string, flags: readonly string[] = []) => {
    const id = await box.ok(['run', '-d', '--name', name, '--network', 'none', ...flags, busybox, 'sh', '-c', script])
    await vi.waitFor(async () => expect(await box.ok(['logs', name])).not.toBe(''), { timeout: 10_000, interval: 200 })
    return id
  }
  const said = async (...words: string[]) => {
    const { code, stderr } = await box.try(['container', ...words])
    return `${code} ${stderr}`
  }
  const remove = async () => box.ok(['rm', '-fa', '-t', '0'])

  test.each([
    ['gzip', '1f8b'],
    ['zstd', '28b52ffd'],
  ])('--compress %s', async (compression, magic) => {
    await started('small')
    const archive = join(box.folder, 'small')
    await box.ok(['container', 'checkpoint', '-c', compression, '-e', archive, 'small'])
    expect(
      readFileSync(archive)
        .subarray(0, magic.length / 2)
        .toString('hex'),
    ).toBe(magic)
    await remove()
    await box.ok(['container', 'restore', '-i', archive])
    expect(await box.ok(['exec', 'small', 'cat', '/new'])).toBe('new')
    await remove()
  })

  test('one that runs with --rm is gone once it is exported', async () => {
    const id = await started('short', ['--rm', '-t', '--uidmap', '0:100000:65536'])
    const archive = join(box.folder, 'short')
    await box.ok(['container', 'checkpoint', '-e', archive, 'short'])
    expect(await box.ok(['ps', '-aq'])).toBe('')
    expect(await box.ok(['container', 'restore', '-i', archive])).toBe(id)
    expect(await box.ok(['exec', 'short', 'stat', '-c', '%u', '/new'])).toBe('0')
    await remove()
  })

  test.each([
    ['id', (dump) => Object.assign(dump, { id: '../../../escaped' })],
    ['image', (dump) => Object.assign(dump, { rootfsImageID: '../escaped' })],
    ['volume', (dump) => Object.assign(dump.gantry.spec.mounts.mounts[0] ?? {}, { name: '../escaped' })],
    ['network', (dump) => Object.assign(dump.gantry.spec.network, { attachments: [{ network: '../escaped' }] })],
    ['spec', (dump) => Object.assign(dump.gantry, { spec: {} })],
  ] as [string, (dump: Dump) => object][])('an archive does not lead outside by its %s', async (_, forge) => {
    await started('honest', ['-v', 'own:/own'])
    const archive = join(box.folder, 'forged')
    await box.ok(['container', 'checkpoint', '-c', 'none', '-e', archive, 'honest'])
    const at = ['-C', box.folder]
    execFileSync('tar', ['-xf', archive, ...at, 'config.dump'])
    const dump = JSON.parse(readFileSync(join(box.folder, 'config.dump'), 'utf8')) as Dump
    forge(dump)
    writeFileSync(join(box.folder, 'config.dump'), JSON.stringify(dump))
    execFileSync('tar', ['-cf', archive, ...at, 'config.dump'])
    await remove()
    expect(await said('restore', '-i', archive, '--ignore-volumes')).toMatch(
      /^125 Error: '.*' holds no checkpoint that was exported by Gantry/,
    )
    expect(await box.ok(['ps', '-aq'])).toBe('')
    expect(execFileSync('find', [box.folder, '-name', 'escaped'], { encoding: 'utf8' })).toBe('')
  })

  test('what does not go together is refused, and what cannot be read', async () => {
    await started('plain')
    const archive = join(box.folder, 'refused')
    expect(await said('checkpoint', '-c', 'gzip', 'plain')).toContain('--compress can only be used with --export')
    expect(await said('checkpoint', '-c', 'xz', '-e', archive, 'plain')).toContain(
      'not supported. Please select one from',
    )
    expect(await said('checkpoint', '--ignore-rootfs', 'plain')).toContain(
      '--ignore-rootfs can only be used with --export',
    )
    expect(await said('checkpoint', '-e', '/nowhere/file', 'plain')).toContain(
      "'/nowhere/file' cannot be written: no such file or directory",
    )
    expect(await said('checkpoint', '--with-previous', 'plain')).toContain("no pre-checkpoint of container 'plain'")
    expect(await said('checkpoint', '-P', '--with-previous', 'plain')).toContain(
      'can not be used with --pre-checkpoint',
    )
    expect(existsSync(archive)).toBe(false)
    expect((await box.inspect('plain')).State).toMatchObject({ Status: 'running' })
    expect(await said('restore', '-n', 'x', 'plain')).toContain('--name can only be used with image or --import')
    expect(await said('restore', '-p', '80', 'plain')).toContain('--publish can only be used with image or --import')
    expect(await said('restore', '--pod', 'x', 'plain')).toContain('--pod is not supported yet')
    expect(await said('restore', '-i', archive, '--all')).toContain('cannot use --import with --all or --latest')
    expect(await said('restore', '-i', archive)).toContain(`failed to open checkpoint archive ${archive} for import`)
    writeFileSync(archive, 'no archive')
    expect(await said('restore', '-i', archive)).toMatch(
      /^125 Error: '.*' holds no checkpoint that was exported by Gantry/,
    )
    await box.ok(['container', 'checkpoint', '-e', archive, 'plain'])
    writeFileSync(archive, readFileSync(archive).subarray(0, 20_000))
    await remove()
    expect(await said('restore', '-i', archive)).toMatch(/^125 Error: '.*' is no sound checkpoint/)
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })
})
