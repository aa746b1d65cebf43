// `RUN --mount=type=cache`: a folder that stays from build to build, below build-cache/mounts/. A flock says who uses it: all at once, one after the
// other, or each a folder of their own.

import { chmodSync, closeSync, constants, existsSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { randomHex } from '../../base/random.ts'
import type { CacheMount } from '../../dockerfile/run-mount.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { lockFlags, native } from '../../os/native.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { paths } from '../../state/layout.ts'
import { copyTree } from '../../storage/copy-tree.ts'
import { cacheKey } from './build-cache.ts'
import type { BuildSession } from './build-session.ts'
import { sourceIn } from './source-in.ts'

export interface HeldCache extends Disposable {
  readonly folder: string
}

const maxPrivate = 64

/** `index`: the stage's. Waits where the mount is `locked` and somebody else has it. */
export async function holdCache(session: BuildSession, mount: CacheMount, index: number): Promise<HeldCache> {
  const { at } = session.engine
  const { id, from = '', source = '', uid = 0, gid = 0, mode = 0o755, sharing } = mount
  const key = cacheKey('mount', id, from, source, uid, gid, mode)
  const names = sharing === 'private' ? Array.from({ length: maxPrivate }, (_, number) => `${key}-${number}`) : [key]
  for (const name of names) {
    const folder = paths.buildMount(at, name)
    makeFolders(folder, 0o700)
    const lock = await hold(join(folder, 'lock'), sharing, name === names.at(-1))
    if (lock === undefined) continue
    const data = join(folder, 'data')
    if (!existsSync(data)) await make(session, { data, mount, index })
    return { folder: data, [Symbol.dispose]: () => closeSync(lock) }
  }
  throw new Error(`all ${maxPrivate} folders of cache ${id} are taken`)
}

/** Undefined where a private one is taken, unless it is the last. */
async function hold(path: string, sharing: CacheMount['sharing'], isLast: boolean): Promise<number | undefined> {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  if (sharing !== 'private' || isLast) {
    await native().flockAsync(fd, sharing === 'shared' ? lockFlags.shared : lockFlags.exclusive)
    return fd
  }
  try {
    native().flock(fd, lockFlags.exclusive | lockFlags.nonBlocking)
    return fd
  } catch {
    closeSync(fd)
    return undefined
  }
}

interface Making {
  readonly data: string
  readonly mount: CacheMount
  readonly index: number
}

/** Whole or not at all; who shares it may have been faster. */
async function make(session: BuildSession, { data, mount, index }: Making): Promise<void> {
  const temporary = `${data}.${randomHex(6)}.tmp`
  const { from, source = '/', uid = 0, gid = 0, mode = 0o755 } = mount
  mkdirSync(temporary)
  try {
    if (from !== undefined) {
      const named = await session.trees.find(session, from, index)
      copyTree(sourceIn(await named.open(), source), temporary)
    }
    native().lchown(temporary, uid, gid)
    chmodSync(temporary, mode)
    if (!existsSync(data)) renameSync(temporary, data)
  } finally {
    removeTree(temporary)
  }
}
