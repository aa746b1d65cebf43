// Files and folders that are written where people say: what cannot be written ends at once, and names the path.

import { describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'runc', 'overlay')
const quick = { isChecked: false, timeoutMs: 20_000 }
const shared = busyboxBox()

const unwritable: readonly (readonly string[])[] = [
  ['copy', '-q', `containers-storage:${busyboxName}`, 'oci:/proc/gantry/a'],
  ['copy', '-q', `containers-storage:${busyboxName}`, 'dir:/proc/gantry'],
  ['copy', '-q', `containers-storage:${busyboxName}`, 'oci-archive:/proc/gantry'],
  ['save', '-q', '-o', '/proc/gantry', busyboxName],
  ['save', '-q', '--format', 'oci-dir', '-o', '/proc/gantry', busyboxName],
  ['image', 'trust', 'set', '--policypath', '/proc/gantry/a', '--type', 'reject', 'default'],
  ['--root', '/proc/gantry/a', 'images'],
  ['--runroot', '/proc/gantry', 'images'],
]

describe('a path that takes no files', () => {
  rootTest.for(unwritable)('%s', async (words) => {
    const { code, stderr } = await shared.box.try(words, quick)
    expect(code).toBe(125)
    expect(stderr).toMatch(/^Error: .*'\/proc\/gantry(\/a|\/containers)?' cannot be (made|written): .*\n.*\n$/)
  })
})
