import { expect, test } from 'vitest'
import { isRootOf } from '../../../src/os/stray-processes.ts'

const id = 'a'.repeat(64)
const overlay = `430 323 0:159 / / rw - overlay overlay rw,upperdir=/home/u/gantry/containers/${id}/upper`
const copied = `402 323 0:159 /gantry/containers/${id}/merged / rw,relatime - ext4 /dev/vda rw`
const ownFile = `31 402 254:0 /gantry/containers/${id}/files/.containerenv /run/.containerenv rw - ext4 /dev/vda rw`
const elsewhere = `31 402 254:0 /gantry/containers/${id}/merged /home/u/gantry/containers/${id}/merged rw - overlay overlay rw`
const sharedHosts = `31 402 254:0 /gantry/containers/${id}/files/hosts /etc/hosts rw - ext4 /dev/vda rw`

test.each([
  ['an overlay as its root', overlay, true],
  ['a copy as its root', copied, true],
  ['a root of the user’s, and a file of ours', `27 1 254:0 /srv/tree / rw - ext4 /dev/vda rw\n${ownFile}`, true],
  ['the launcher’s own mounts', `27 1 254:0 / / rw - ext4 /dev/vda rw\n${elsewhere}`, false],
  ['another container that joined its network', sharedHosts, false],
  ['nothing', '', false],
])('isRootOf %s', (_, mountinfo, isIts) => {
  expect(isRootOf(id, mountinfo)).toBe(isIts)
  expect(isRootOf('b'.repeat(64), mountinfo)).toBe(false)
})
