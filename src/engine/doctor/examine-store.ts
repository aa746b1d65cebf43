// Where the state lies: on what file system, by which driver, and whether there is room.

import { statfsSync } from 'node:fs'
import { humanSize } from '../../base/size.ts'
import { native } from '../../os/native.ts'
import type { Engine } from '../engine.ts'
import { type Finding, note, ok, problem } from './finding.ts'

export function examineStore(engine: Engine): Finding[] {
  return [examineFileSystem(engine), examineDriver(engine), examineRoom(engine)]
}

/** statfs(2)'s magic numbers. */
const networked: Readonly<Record<number, string>> = { 0x6969: 'NFS', 0xff534d42: 'CIFS', 0xfe534d42: 'SMB2' }
const tmpfs = 0x01021994

function examineFileSystem({ at }: Engine): Finding {
  const type = native().statfsType(at.root)
  const network = networked[type]
  if (network !== undefined) {
    return problem(
      'file system',
      `${at.root} lies on ${network}, which keeps no locks and no owners`,
      'gantry --root /a/local/folder …',
    )
  }
  if (type === tmpfs) return note('file system', `${at.root} lies in memory: nothing survives a boot`)
  return ok('file system', at.root)
}

function examineDriver(engine: Engine): Finding {
  const { name } = engine.storage()
  if (name !== 'vfs') return ok('storage', name)
  return note('storage', 'vfs: each container is a whole copy of its image', 'sudo apt install fuse-overlayfs')
}

const littleBytes = 1 << 30

function examineRoom({ at }: Engine): Finding {
  const { bavail, bsize } = statfsSync(at.root)
  const free = bavail * bsize
  if (free >= littleBytes) return ok('space', `${humanSize(free)} free`)
  return problem('space', `only ${humanSize(free)} free below ${at.root}`, 'gantry system prune --all')
}
