// `system check`: it names each kind of damage, `--repair` heals what can be healed, and it is silent where nothing is wrong.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'runc', 'overlay')
const unchecked = { isChecked: false }
const fakeId = '1'.repeat(64)

interface Damage {
  readonly what: string
  readonly plant: (box: Box) => void
  readonly named: RegExp
  /** By --repair alone; else what --force does must do. */
  readonly isHealed: boolean
}

const damages: Damage[] = [
  {
    what: 'a torn container record',
    plant: (box) => truncateSync(join(containerFolder(box), 'state.json'), 20),
    named: /state\.json is damaged/,
    isHealed: true,
  },
  {
    what: 'a container without its spec',
    plant: (box) => rmSync(join(containerFolder(box), 'spec.json')),
    named: /\('idle'\): its spec\.json is missing/,
    isHealed: false,
  },
  {
    what: 'a container whose name is not claimed',
    plant: (box) => rmSync(join(box.root, 'names/container/idle')),
    named: /is called 'idle', but that name is nobody's/,
    isHealed: true,
  },
  {
    what: 'the claim of a dead creation',
    plant: (box) => symlinkSync(fakeId, join(box.root, 'names/container/ghost')),
    named: /the name 'ghost' is held by container 111111111111/,
    isHealed: true,
  },
  {
    what: 'the cradle of a dead creation',
    plant: (box) => mkdirSync(join(box.root, `containers/${fakeId}.4194305.tmp`)),
    named: /left by a creation that was killed/,
    isHealed: true,
  },
  {
    what: 'a layer without its files',
    plant: (box) => rmSync(join(layerFolder(box), 'diff'), { recursive: true }),
    named: /layer sha256:\w+ has lost its files/,
    isHealed: true,
  },
  {
    what: 'a file of a layer that was written to',
    plant: (box) => appendFileSync(join(layerFolder(box), 'diff/etc/passwd'), 'eve::0:0::/:/bin/sh\n'),
    named:
      /layer sha256:\w{64} of image \w{12} \(localhost\/busybox:latest\) is not as it was unpacked: '\/etc\/passwd' has other content$/m,
    isHealed: true,
  },
  {
    what: 'a layer in which files came, went and changed',
    plant: (box) => {
      const diff = join(layerFolder(box), 'diff')
      mkdirSync(join(diff, 'etc/added/deep'), { recursive: true })
      rmSync(join(diff, 'etc/passwd'))
      chmodSync(join(diff, 'home'), 0o777)
      rmSync(join(diff, 'bin/true'))
      symlinkSync('/elsewhere', join(diff, 'bin/true'))
    },
    named:
      /is not as it was unpacked: '\/bin\/true' leads elsewhere, '\/etc\/added' was added, '\/etc\/passwd' is missing and 1 more$/m,
    isHealed: true,
  },
  {
    what: 'a layer without its link',
    plant: dropLinks,
    named: /has lost its link/,
    isHealed: true,
  },
  {
    what: 'a second link to a layer',
    plant: (box) => symlinkSync(join('..', 'layers', basename(layerFolder(box)), 'diff'), join(box.root, 'l/STRAY1')),
    named: /l\/STRAY1' was left by a process that was killed/,
    isHealed: true,
  },
  {
    what: 'a link to a layer that never was',
    plant: (box) => symlinkSync(`../layers/${fakeId}/diff`, join(box.root, 'l/STRAY2')),
    named: /l\/STRAY2' was left by a process that was killed/,
    isHealed: true,
  },
  {
    what: 'a layer with a torn record',
    plant: (box) => truncateSync(join(layerFolder(box), 'layer.json'), 5),
    named: /layer sha256:\w+ has a damaged record/,
    isHealed: true,
  },
  {
    what: 'a layer that is gone',
    plant: (box) => {
      rmSync(layerFolder(box), { recursive: true })
      dropLinks(box)
    },
    named: /of image \w{12} \(localhost\/busybox:latest\) is not unpacked/,
    isHealed: true,
  },
  {
    what: 'a half-built layer',
    plant: (box) => mkdirSync(join(box.root, `layers/${fakeId}.abcdef123456.tmp`)),
    named: /\.abcdef123456\.tmp' was left by a process that was killed/,
    isHealed: true,
  },
  {
    what: 'a half-deleted container',
    plant: (box) => mkdirSync(join(box.root, `trash/${fakeId}.abcdef123456`)),
    named: /trash\/1+\.abcdef123456' was left/,
    isHealed: true,
  },
  {
    what: 'the pin of a dead pull',
    plant: (box) => writeFileSync(join(box.run, 'pins', fakeId), '{"blobs":[],"layers":[]}'),
    named: /pins\/1+' was left/,
    isHealed: true,
  },
  {
    what: 'a temporary of a record',
    plant: (box) => writeFileSync(join(box.root, 'images/x.json.abcdef123456.tmp'), ''),
    named: /abcdef123456\.tmp' was left/,
    isHealed: true,
  },
  {
    what: 'an image name that leads nowhere',
    plant: (box) => writeName(box, fakeId),
    named: /the image name 'localhost\/ghost:1' leads to image 111111111111, which is not there/,
    isHealed: true,
  },
  {
    what: 'a stale index.json',
    plant: (box) => writeFileSync(join(box.root, 'index.json'), '{}'),
    named: /index\.json' does not list the images/,
    isHealed: true,
  },
  {
    what: 'a folder of the state that is gone',
    plant: (box) => rmSync(join(box.root, 'trash'), { recursive: true }),
    named: /the folder '.*trash' is missing/,
    isHealed: true,
  },
  {
    what: 'the run folder of a container that is gone',
    plant: (box) => mkdirSync(join(box.run, 'containers', fakeId)),
    named: /container 111111111111: nobody tends what its last start left/,
    isHealed: true,
  },
  {
    what: 'runtime state of a container that is gone',
    plant: (box) => mkdirSync(join(box.run, 'runtime/runc', fakeId), { recursive: true }),
    named: /runc knows container 111111111111, which is not there/,
    isHealed: true,
  },
  {
    what: 'a mount of a container that does not run',
    plant: (box) => mountOver(join(containerFolder(box), 'merged')),
    named: /merged' is mounted, but its container does not run/,
    isHealed: true,
  },
  {
    what: 'a torn image record',
    plant: (box) => truncateSync(join(box.root, 'images', readdirSync(join(box.root, 'images'))[0] as string), 9),
    named: /the record of image \w{12} \(localhost\/busybox:latest\) is damaged: pull or load it again\n.*index\.json/,
    isHealed: false,
  },
]

describe('system check', () => {
  for (const { what, plant, named, isHealed } of damages) {
    rootTest(`names ${what} and repairs it`, async () => {
      await using box = openBox()
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await box.ok(['create', '--name', 'idle', '--network', 'none', busyboxName, 'true'])
      plant(box)
      const found = await box.try(['system', 'check'], unchecked)
      expect([found.code, found.stdout]).toEqual([1, expect.stringMatching(named)])
      expect(found.stdout.trim().split('\n'), 'names nothing else').toHaveLength(named.source.split('\\n').length)
      const repaired = await box.try(['system', 'check', '--repair'], unchecked)
      expect(repaired.code, repaired.stdout).toBe(isHealed ? 0 : 1)
      if (!isHealed) expect((await box.try(['system', 'check', '--force'], unchecked)).stdout).toContain('repaired: ')
      expect(await box.findings()).toEqual([])
      if (isHealed) expect((await box.try(['start', '--attach', 'idle'])).code).toBe(0)
    })
  }

  rootTest('reads blobs unless it is to be quick, and a damaged one is mended by loading again', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const blob = largestBlob(box)
    appendFileSync(blob, 'x')
    truncateSync(blob, Number(execFileSync('stat', ['-c', '%s', blob], { encoding: 'utf8' })) - 1)
    execFileSync('sh', ['-c', `printf x | dd of=${blob} conv=notrunc status=none`])
    expect((await box.try(['system', 'check', '--quick'], unchecked)).code).toBe(0)
    const found = await box.try(['system', 'check'], unchecked)
    expect(found.stdout).toMatch(/blob sha256:\w{64} of image \w{12} \(localhost\/busybox:latest\) is damaged/)
    expect((await box.try(['system', 'check', '--repair'], unchecked)).code).toBe(1)
    expect(existsSync(blob)).toBe(false)
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    expect(existsSync(blob)).toBe(true)
    expect(await box.findings()).toEqual([])
  })

  rootTest('a store that was copied elsewhere is as it was: its layers, built ones too, are compared', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const context = join(box.folder, 'context')
    mkdirSync(context)
    const steps = [
      `FROM ${busyboxName}`,
      'RUN mkdir /a /b && echo 1 >/a/1 && echo 2 >/b/2 && ln /a/1 /hard && ln -s /a /soft && chmod 4711 /a/1 && mkfifo /pipe && chown 5:6 /b',
      'RUN rm -r /a /b && mkdir /a && echo 3 >/a/3 && rm /hard',
    ]
    writeFileSync(join(context, 'Containerfile'), steps.join('\n'))
    await box.ok(['build', '-q', '-t', 'built', context])
    const copy = join(box.folder, 'copy')
    execFileSync('cp', ['-a', box.root, copy])
    const elsewhere = ['--root', copy, '--runroot', join(box.folder, 'copy-run')]
    const check = () => {
      const words = [...elsewhere, 'system', 'check']
      return spawnSync(box.argv[0] as string, words, { env: box.env, encoding: 'utf8' })
    }
    expect(check()).toMatchObject({ status: 0, stdout: '' })
    const layers = readdirSync(join(copy, 'layers')).map((name) => join(copy, 'layers', name, 'diff/a/3'))
    appendFileSync(layers.find((path) => existsSync(path)) as string, 'more')
    expect(check()).toMatchObject({ status: 1, stdout: expect.stringMatching(/: '\/a\/3' has other content\n$/) })
  })

  rootTest('ends what a killed monitor left running', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['run', '-d', '--name', 'web', '--network', 'none', busyboxName, 'sleep', '1000'])
    const { State } = await box.inspect('web')
    process.kill(State['ConmonPid'] as number, 'SIGKILL')
    const found = await box.try(['system', 'check'], unchecked)
    expect(found.stdout).toMatch(/nobody tends what its last start left/)
    expect((await box.try(['system', 'check', '--repair'], unchecked)).code).toBe(0)
    expect(isRunning(State['Pid'] as number)).toBe(false)
    await box.ok(['rm', 'web'])
  })
})

describe('system reset', () => {
  rootTest('ends and removes everything, and nothing but its own', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['run', '-d', '--name', 'web', '--network', 'none', busyboxName, 'sleep', '1000'])
    await box.ok(['create', '--network', 'none', '--uidmap', '0:200000:5000', '-v', 'data:/data', busyboxName])
    await box.ok(['create', '--userns', 'auto', busyboxName])
    await box.ok(['secret', 'create', 'pw', '-'], { stdin: 'said' })
    await box.ok(['network', 'create', 'net'])
    mkdirSync(join(box.folder, 'context'))
    writeFileSync(join(box.folder, 'context/f'), 'x')
    writeFileSync(
      join(box.folder, 'context/Dockerfile'),
      `FROM ${busyboxName}\nCOPY f /\nRUN --mount=type=cache,target=/c touch /c/x\n`,
    )
    await box.ok(['build', '-q', '-t', 'built', '--network', 'none', join(box.folder, 'context')])
    writeFileSync(join(box.root, 'letter.txt'), 'mine')
    const refused = await box.try(['system', 'reset', '--force'], unchecked)
    expect([refused.code, refused.stderr]).toEqual([125, expect.stringContaining(`'${box.root}/letter.txt'`)])
    expect(await box.ok(['ps', '--format', '{{.Names}}'])).toBe('web')
    rmSync(join(box.root, 'letter.txt'))
    const asked = await box.try(['system', 'reset'], { ...unchecked, stdin: 'n\n' })
    expect(asked.stdout).toContain(box.root)
    expect(await box.ok(['ps', '--format', '{{.Names}}'])).toBe('web')
    expect((await box.try(['system', 'reset', '--force'], unchecked)).code).toBe(0)
    expect([existsSync(box.root), existsSync(box.run)]).toEqual([false, false])
  })
})

describe('system df and system locks', () => {
  rootTest(
    'images cost what `images` says, an empty volume nothing; what blobs cost, prune --blobs frees',
    async () => {
      await using box = openBox()
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await box.ok(['create', '--network', 'none', '-v', 'empty:/empty', busyboxName, 'true'])
      const size = await box.ok(['image', 'inspect', busyboxName, '--format', '{{.Size}}'])
      const format = '{{.Type}} {{.RawSize}} {{.RawReclaimable}}'
      const [images, , volumes, blobs = ''] = (await box.ok(['system', 'df', '--format', format])).split('\n')
      expect([images, volumes]).toEqual([`Images ${size} 0`, 'Local Volumes 0 0'])
      const [bytes, reclaimable] = blobs.split(' ').slice(1).map(Number) as [number, number]
      expect(reclaimable).toBeGreaterThan(0)
      // What images share counts as reclaimable, though one of them is in use: docker and podman reckon so.
      const container = await box.ok(['ps', '-aq'])
      await box.ok(['commit', '-q', container, 'child'])
      const [shared = ''] = (await box.ok(['system', 'df', '--format', format])).split('\n')
      expect(shared).toBe(`Images ${shared.split(' ')[1]} ${shared.split(' ')[1]}`)
      expect(Number(shared.split(' ')[1])).toBeGreaterThanOrEqual(Number(size))
      await box.ok(['rmi', 'child'])
      await box.ok(['image', 'prune', '--force', '--blobs'])
      const [, , , after] = (await box.ok(['system', 'df', '--format', format])).split('\n')
      expect(after).toBe(`Blobs ${bytes - reclaimable} 0`)
    },
  )

  rootTest('count what is there, and name who holds what', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['run', '-d', '--name', 'web', '--network', 'none', busyboxName, 'sleep', '1000'])
    await box.ok(['create', '--network', 'none', busyboxName, 'true'])
    const rows = await box.ok(['system', 'df', '--format', '{{.Type}}:{{.Total}}:{{.Active}}'])
    expect(rows.split('\n')).toEqual(['Images:1:1', 'Containers:2:1', 'Local Volumes:0:0', 'Blobs:3:2'])
    const locks = await box.ok(['system', 'locks', '--format', '{{.Lock}} {{.State}} {{.Command}}'])
    expect(locks).toBe('monitor of web held monitor')
    await box.ok(['system', 'prune', '--force'])
    expect(await box.ok(['ps', '-a', '--format', '{{.Names}}'])).toBe('web')
  })
})

function containerFolder(box: Box): string {
  const folder = join(box.root, 'containers')
  return join(folder, readdirSync(folder)[0] as string)
}

function layerFolder(box: Box): string {
  const folder = join(box.root, 'layers')
  return join(folder, readdirSync(folder)[0] as string)
}

function dropLinks(box: Box): void {
  for (const name of readdirSync(join(box.root, 'l'))) rmSync(join(box.root, 'l', name))
}

/** A zombie, whose parent is not ours to hurry, does not run. */
function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

function largestBlob(box: Box): string {
  const folder = join(box.root, 'blobs/sha256')
  const listed = execFileSync('ls', ['-S', folder], { encoding: 'utf8' })
  return join(folder, listed.split('\n')[0] as string)
}

function writeName(box: Box, imageId: string): void {
  const name = { schema: 1, reference: 'localhost/ghost:1', imageId, taggedAt: '2024-01-01T00:00:00Z' }
  writeFileSync(join(box.root, 'names/image/localhost%2Fghost%3A1.json'), JSON.stringify(name))
}

function mountOver(folder: string): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
}
