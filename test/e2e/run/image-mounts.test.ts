// --mount type=image, glob and devpts, seen from inside, as root and as an ordinary user.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../../support/box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'
import { type TestUser, testUser } from '../../support/user.ts'

const test = requires('root', 'runc', 'overlay')
let user: TestUser

beforeAll(() => {
  if (process.getuid?.() === 0) user = testUser('gantry-rootless')
})

async function openLoadedBox(isRootless: boolean): Promise<Box> {
  const box = openBox(isRootless ? { user } : {})
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

const shell = (mount: string, command: string) => ['run', '--rm', '--mount', mount, busyboxName, 'sh', '-c', command]

describe.each([
  ['root', false],
  ['an ordinary user', true],
])('as %s', (_, isRootless) => {
  test('an image is read-only, or forgets; also a part of it', async () => {
    await using box = await openLoadedBox(isRootless)
    const mount = `type=image,src=${busyboxName},dst=/mnt/image`
    const touch = 'cmp /bin/busybox /mnt/image/bin/busybox && touch /mnt/image/new && ls /mnt/image/new'
    expect((await box.try(shell(mount, touch))).stderr).toMatch(/Read-only file system/)
    for (const word of ['rw', 'readwrite', 'rw'])
      expect(await box.ok(shell(`${mount},${word}=true`, `! ls /mnt/image/new 2>&1 && ${touch}`))).toMatch(/new$/)
    expect(await box.ok(shell(`${mount},subpath=/bin`, 'ls /mnt/image/busybox'))).toBe('/mnt/image/busybox')
    expect(await box.ok(shell(`${mount},subpath=/bin/busybox`, 'test -f /mnt/image && echo file'))).toBe('file')
    const { code, stderr } = await box.try(shell(`${mount},subpath=/no/such`, 'true'))
    expect({ code, stderr }).toEqual({
      code: 127,
      stderr: expect.stringContaining(`image ${busyboxName} has no "/no/such"`),
    })
  })

  test('its layers stay while a container has them, over stops, and after its name is gone', async () => {
    await using box = await openLoadedBox(isRootless)
    await box.ok(['tag', busyboxName, 'localhost/tool:1'])
    const flags = ['--name', 'web', '--mount', 'type=image,src=localhost/tool:1,dst=/tool,rw=true,subpath=/bin']
    await box.ok(['create', ...flags, busyboxName, 'sh', '-c', 'touch /tool/new && exec sleep 1000'])
    await box.ok(['rmi', 'localhost/tool:1'])
    for (let round = 0; round < 2; round += 1) {
      await box.ok(['start', 'web'])
      expect(await box.ok(['exec', 'web', 'ls', '/tool/busybox', '/tool/new'])).toBe('/tool/busybox\n/tool/new')
      await box.ok(['stop', '-t', '0', 'web'])
    }
    const { Mounts } = await box.inspect('web')
    expect(Mounts).toEqual([
      expect.objectContaining({
        Type: 'image',
        Source: 'localhost/tool:1',
        Destination: '/tool',
        RW: true,
        SubPath: '/bin',
      }),
    ])
    await box.ok(['rm', 'web'])
  })

  test('an image that is not there is missed before anything is made', async () => {
    await using box = await openLoadedBox(isRootless)
    const { code, stderr } = await box.try(['create', '--mount', 'type=image,src=nope,dst=/x', busyboxName, 'true'])
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining('nope: image not known') })
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })

  test('glob binds each path by its own name', async () => {
    await using box = await openLoadedBox(isRootless)
    const folder = join(box.folder, 'many')
    mkdirSync(folder)
    for (const name of ['a.conf', 'b.conf', 'c.txt']) writeFileSync(join(folder, name), name)
    const mount = `type=glob,src=${folder}/*.conf,dst=/many,ro`
    expect(await box.ok(shell(mount, 'cat /many/*; touch /many/a.conf 2>&1 || true'))).toMatch(
      /^a\.confb\.conf.*Read-only/,
    )
    expect(await box.ok(shell(`type=glob,src=${folder}/?.txt`, `cat ${folder}/*`))).toBe('c.txt')
    const { code, stderr } = await box.try(shell(`type=glob,src=${folder}/*.none,dst=/x`, 'true'))
    expect({ code, stderr }).toEqual({ code: 125, stderr: `Error: no file paths matching glob "${folder}/*.none"\n` })
  })

  test('devpts gives terminals of its own', async () => {
    await using box = await openLoadedBox(isRootless)
    const told = await box.ok(shell('type=devpts,dst=/terminals,mode=0600,max=7', 'grep /terminals /proc/mounts'))
    expect(told).toMatch(/^devpts \/terminals devpts .*mode=600.*max=7/)
  })
})
