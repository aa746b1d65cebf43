// The second disk: the built tree as it is, Node, a busybox image and the guest's program.

import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { busyboxArchive } from '../support/busybox-image.ts'
import { makeDisk } from './image.ts'

const tree = resolve(import.meta.dirname, '..', '..')

/** Path of the disk, in `work`. `only`: a regular expression that names the checks to run. */
export function makePayload(work: string, only: string): string {
  return payloadDisk(work, '1G', (folder) => {
    cpSync(busyboxArchive(), join(folder, 'busybox.tar'))
    return { only }
  })
}

/** `fill` adds files, and answers with the settings: a file each. */
export function payloadDisk(work: string, size: string, fill: (folder: string) => Record<string, string>): string {
  const folder = mkdtempSync(join(work, 'payload-'))
  chmodSync(folder, 0o755)
  const installation = join(folder, 'gantry')
  const node = readdirSync(join(tree, 'node_modules')).filter((name) => name.startsWith('node-linux-'))
  for (const part of ['bin', 'dist', 'libexec', 'package.json', ...node.map((name) => `node_modules/${name}/bin`)]) {
    cpSync(join(tree, part), join(installation, part), { recursive: true, verbatimSymlinks: true })
  }
  cpSync(join(import.meta.dirname, 'guest'), join(folder, 'guest'), { recursive: true })
  mkdirSync(join(folder, 'settings'))
  for (const [name, text] of Object.entries(fill(folder))) writeFileSync(join(folder, 'settings', name), text)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'guest.sh'),
    `#!/bin/sh\nexec /mnt/gantry/node_modules/${node[0]}/bin/node /mnt/guest/main.ts\n`,
  )
  chmodSync(join(folder, 'guest.sh'), 0o755)
  const disk = join(work, 'payload.img')
  makeDisk(folder, disk, size)
  rmSync(folder, { recursive: true })
  return disk
}
