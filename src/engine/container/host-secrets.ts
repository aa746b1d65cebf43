// mounts.conf(5): folders and files of the host that every container gets as copies of its own, such as a subscription's keys. Copied anew at
// each start, so that what the host renews arrives, and nothing that a container writes comes back.

import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { native } from '../../os/native.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { IdMappings } from '../../spec/facts.ts'
import { outsideId } from '../../spec/id-mapping.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'

interface Copying {
  readonly mountsConf: string
  readonly mappings: IdMappings | undefined
}

/** Copies by their path inside, as paths outside. The container's lock is held. Idempotent. What the host has not got is left out. */
export function copyHostSecrets(at: Layout, id: string, { mountsConf, mappings }: Copying): Record<string, string> {
  const folder = join(paths.runContainer(at, id), containerFiles.run.hostSecrets)
  removeTree(folder)
  const wanted = linesOf(mountsConf).filter(({ source }) => isThere(source))
  const owner = { uid: outsideId(0, mappings?.uids ?? []), gid: outsideId(0, mappings?.gids ?? []) }
  const copies = wanted.map(({ source, destination }, index): [string, string] => {
    const copy = join(folder, String(index))
    copyEntry(source, copy, owner)
    return [destination, copy]
  })
  return Object.fromEntries(copies)
}

interface Line {
  readonly source: string
  readonly destination: string
}

/** `SOURCE[:DESTINATION]`; other lines are comments. */
function linesOf(path: string): Line[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('/'))
    .map((line) => line.split(/:(.*)/s))
    .map(([source = '', destination]) => ({ source, destination: posix.resolve('/', destination || source) }))
}

function isThere(path: string): boolean {
  return absentAsUndefined(() => statSync(path)) !== undefined
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Links are followed: what they lead to is not in the container. */
function copyEntry(source: string, target: string, owner: Owner): void {
  const stat = absentAsUndefined(() => statSync(source))
  if (stat === undefined || !(stat.isDirectory() || stat.isFile())) return
  makeFolders(dirname(target), 0o700)
  if (stat.isDirectory()) {
    mkdirSync(target, { mode: 0o700 })
    for (const name of readdirSync(source)) copyEntry(join(source, name), join(target, name), owner)
  } else {
    writeFileSync(target, readFileSync(source), { mode: 0o600 })
  }
  native().lchown(target, owner.uid, owner.gid)
  chmodSync(target, stat.mode & 0o7777)
}
