// An image whose documents are lost: where `podman images` fails until it is gone (its own tests 330), ours goes on showing it, says what is
// amiss and how to mend it, and removes it without a word more than usual.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay')
const quick = { isChecked: false }
const load = ['load', '-q', '-i', busyboxArchive()]

describe.each([
  [
    'manifest',
    '{{.Digest}}',
    [
      ['rmi', busyboxName],
      ['image', 'prune', '-af'],
    ],
  ],
  [
    'config',
    'sha256:{{.Id}}',
    [
      ['rmi', '--force', busyboxName],
      ['rmi', '--all'],
    ],
  ],
])('an image without its %s', (_what, digest, removals) => {
  rootTest('is shown, named by system check, mended by loading it again, and removed as any other', async () => {
    await using box = openBox()
    const lose = async () => {
      await box.ok(load, quick)
      const lost = await box.ok(['image', 'inspect', '--format', digest, busyboxName], quick)
      rmSync(join(box.root, 'blobs', 'sha256', lost.slice('sha256:'.length)))
      return lost
    }
    const lost = await lose()
    const id = (await box.ok(['images', '-q', '--no-trunc'], quick)).slice('sha256:'.length)
    expect((await box.findings())[0]).toMatch(new RegExp(`^blob ${lost} of image .* is missing: pull or load`))
    await box.ok(load)
    for (const words of removals) {
      await lose()
      expect(await box.try(words)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(id) })
      expect(await box.ok(['images', '-a', '--noheading'], quick)).toBe('')
    }
    await lose()
    expect(await box.try(['system', 'reset', '--force'], quick)).toMatchObject({ code: 0 })
  })
})
