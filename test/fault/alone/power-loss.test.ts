// A power cut: the store lies on ext4 mounted commit=1000, its backing file is copied while in use, the copy is mounted and checked.
// Whatever a command acknowledged before the copy is there, whole.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openBox } from '../../support/box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { layeredImage, layeredName } from '../../support/layered-image.ts'
import { requires } from '../../support/requires.ts'
import { end, member } from '../../unit/image/tar-bytes.ts'

requires(
  'root',
  'runc',
  'overlay',
  'loop devices',
)('what was acknowledged survives a power cut', { timeout: 300_000 }, async () => {
  await using box = openBox()
  await using other = openBox()
  const disk = join(box.folder, 'disk.img')
  execFileSync('truncate', ['-s', '200M', disk])
  execFileSync('mkfs.ext4', ['-q', '-F', disk])
  mkdirSync(box.root, { recursive: true })
  mkdirSync(other.root, { recursive: true })
  execFileSync('mount', ['-o', 'loop,commit=1000', disk, box.root])
  try {
    const steps: [name: string, command: string[], expected: (check: typeof other) => Promise<void>][] = [
      [
        'load',
        ['load', '-q', '-i', busyboxArchive()],
        async (check) => expect(await check.ok(['images', '-q'])).toMatch(/^[0-9a-f]{12}$/),
      ],
      [
        'create',
        ['create', '--name', 'one', '--network', 'none', busyboxName, 'true'],
        async (check) => {
          expect(await check.ok(['ps', '-a', '--format', '{{.Names}}'])).toBe('one')
          expect((await check.try(['start', '--attach', 'one'])).code).toBe(0)
        },
      ],
      [
        'run -d',
        ['run', '-d', '--name', 'two', '--network', 'none', busyboxName, 'sleep', '1000'],
        async (check) => {
          expect((await check.ok(['ps', '-a', '--format', '{{.Names}}'])).split('\n').sort()).toEqual(['one', 'two'])
        },
      ],
      [
        'rename',
        ['rename', 'one', 'uno'],
        async (check) => expect(await check.ok(['ps', '-a', '--format', '{{.Names}}'])).toContain('uno'),
      ],
      [
        'rm',
        ['rm', 'uno'],
        async (check) => expect(await check.ok(['ps', '-a', '--format', '{{.Names}}'])).not.toContain('uno'),
      ],
    ]
    const manifest = join(box.folder, 'pod.yaml')
    writeFileSync(manifest, JSON.stringify(playedPod))
    const states = ['ps', '-a', '--sort', 'names', '--format', '{{.Names}} {{.Status}}']
    steps.push(
      [
        'a second create',
        ['create', '--name', 'three', '--network', 'none', busyboxName, 'sleep', '1000'],
        async (check) => expect(await check.ok([...states, '--filter', 'name=three'])).toBe('three Created'),
      ],
      [
        'start',
        ['start', 'three'],
        async (check) => expect(await check.ok([...states, '--filter', 'name=three'])).toMatch(/^three Exited /),
      ],
      [
        'pod create',
        ['pod', 'create', '--name', 'p', '--network', 'none', '--infra-name', 'p-infra'],
        async (check) => {
          expect(await check.ok([...states, '--filter', 'pod=p'])).toBe('p-infra Created')
          await check.ok(['pod', 'start', 'p'])
          await check.ok(['pod', 'rm', '-f', '-t', '0', 'p'])
        },
      ],
      [
        'run -d --pod',
        ['run', '-d', '--pod', 'p', '--name', 'm', busyboxName, 'sleep', '1000'],
        async (check) => {
          const told = (await check.ok([...states, '--filter', 'pod=p'])).split('\n')
          expect(told).toEqual([expect.stringMatching(/^m Exited/), expect.stringMatching(/^p-infra Exited/)])
        },
      ],
      [
        'kube play',
        ['kube', 'play', '-q', '--network', 'none', manifest],
        async (check) => {
          const told = (await check.ok([...states, '--filter', 'pod=played'])).split('\n')
          expect(told).toHaveLength(3)
          for (const line of told) expect(line).toMatch(/ Exited /)
        },
      ],
    )
    const layers = ['first', 'second'].map((name) => Buffer.concat([member({ name }, name), end]))
    steps.push([
      'load of several layers',
      ['load', '-q', '-i', layeredImage(box.folder, layers)],
      async (check) => {
        const words = ['run', '--rm', '--network', 'none', layeredName, 'cat', '/first', '/second']
        expect(await check.ok(words)).toBe('firstsecond')
      },
    ])
    for (const [name, command, expected] of steps) {
      await box.ok(command)
      await checkCopy({ disk, other, name, expected })
    }
    await box.ok(['pod', 'rm', '--all', '--force', '--time', '0'])
    await box.ok(['rm', '--all', '--force', '--time', '0'])
  } finally {
    execFileSync('umount', ['-l', box.root])
  }
})

const playedPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'played' },
  spec: {
    restartPolicy: 'Never',
    containers: ['a', 'b'].map((name) => ({ name, image: busyboxName, command: ['sleep', '1000'] })),
  },
}

interface Cut {
  readonly disk: string
  readonly other: ReturnType<typeof openBox>
  readonly name: string
  readonly expected: (check: ReturnType<typeof openBox>) => Promise<void>
}

/** The machine that comes up after the cut: the copied disk, another boot id, an empty run folder. */
async function checkCopy({ disk, other, name, expected }: Cut): Promise<void> {
  const copy = join(other.folder, 'copy.img')
  const bootIdFile = join(other.folder, 'boot-id')
  writeFileSync(bootIdFile, `${crypto.randomUUID()}\n`)
  execFileSync('cp', ['--sparse=always', disk, copy])
  execFileSync('mount', ['-o', 'loop', copy, other.root])
  const rebooted = {
    ...other,
    ok: async (args: readonly string[]) => other.ok(args, { env: { GANTRY_BOOT_ID_FILE: bootIdFile } }),
    try: async (args: readonly string[]) => other.try(args, { env: { GANTRY_BOOT_ID_FILE: bootIdFile } }),
  }
  try {
    expect((await rebooted.try(['system', 'check'])).stdout, `system check after a cut behind ${name}`).toBe('')
    await expected(rebooted)
  } finally {
    execFileSync('umount', ['-l', other.root])
    execFileSync('rm', ['-rf', other.run])
  }
}
