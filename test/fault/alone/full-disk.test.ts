// A store on a full file system: what frees space works, what needs space fails cleanly and leaves nothing.

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { leftovers, openBox } from '../../support/box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

requires('root', 'runc', 'overlay')(
  'an 80 MB store that is full can be used and emptied',
  { timeout: 120_000 },
  async () => {
    await using box = openBox()
    mkdirSync(box.root, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', box.root])
    try {
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await box.ok([
        'run',
        '-d',
        '--name',
        'web',
        '--network',
        'none',
        busyboxName,
        'sh',
        '-c',
        'echo up; exec sleep 1000',
      ])
      await box.ok(['create', '--name', 'idle', '--network', 'none', '-v', '/anonymous', busyboxName, 'true'])
      await box.ok(['volume', 'create', 'data'])
      fill(box.root)
      const running = leftovers(box.folder)
      expect(await box.ok(['ps', '--all', '--format', '{{.Names}}'])).toContain('web')
      expect(await box.ok(['logs', 'web'])).toBe('up')
      for (const args of [
        ['run', '--rm', '--network', 'none', busyboxName, 'true'],
        ['create', '--network', 'none', busyboxName, 'true'],
        ['create', '--network', 'none', '-v', 'new:/x', '-v', '/y', busyboxName, 'true'],
        ['volume', 'create', 'other'],
        ['secret', 'create', 'told', import.meta.filename],
        ['load', '-q', '-i', otherImage(box.folder)],
      ]) {
        const result = await box.try(args)
        expect(result.code, args.join(' ')).toBe(125)
        expect(result.stderr, args.join(' ')).toMatch(/no space left/i)
        expect(leftovers(box.folder), args.join(' ')).toEqual(running)
      }
      await box.ok(['stop', '-t', '0', 'web'])
      await box.ok(['rm', 'web'])
      await box.ok(['rm', '--volumes', 'idle'])
      await box.ok(['volume', 'rm', 'data'])
      expect(await box.ok(['volume', 'ls', '-q'])).toBe('')
      await box.ok(['rmi', busyboxName])
      await box.ok(['image', 'prune', '--force', '--all'])
      rmSync(join(box.root, 'ballast'), { force: true })
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await box.ok(['run', '--rm', '--network', 'none', busyboxName, 'true'])
      await box.ok(['rm', '--all', '--force'])
    } finally {
      execFileSync('umount', ['-l', box.root])
    }
  },
)

function fill(folder: string): void {
  try {
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(80 << 20))
  } catch {
    // ENOSPC is what we want.
  }
  expect(statfsSync(folder).bavail).toBe(0)
}

/** A layer of a few MB that the store does not hold yet. */
function otherImage(folder: string): string {
  const file = join(folder, 'blob')
  const archive = join(folder, 'other.tar')
  writeFileSync(file, Buffer.alloc(4 << 20, 'x'))
  execFileSync('sh', ['-c', `cd '${folder}' && tar -cf layer.tar blob && gzip -k -f layer.tar`])
  const diffId = execFileSync('sha256sum', [join(folder, 'layer.tar')], { encoding: 'utf8' }).split(' ')[0]
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    }),
  )
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', RepoTags: ['localhost/other:latest'], Layers: ['layer.tar'] }]),
  )
  execFileSync('tar', ['-C', folder, '-cf', archive, 'manifest.json', 'config.json', 'layer.tar'])
  return archive
}
