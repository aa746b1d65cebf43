// Pins: what a pull or load under way has stored or will store, so that a garbage collection beside it leaves that alone. A pin counts
// while its maker holds the flock on it; the kernel drops that when the maker dies.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { absentAsUndefined } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { removeFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { type Layout, paths } from '../state/layout.ts'
import { isLockHeld, type LockPatience } from '../state/lock.ts'
import { openStaged } from '../state/staging.ts'
import { lockImages } from './image-store.ts'

export interface PinnedContent {
  readonly blobs: readonly Digest[]
  /** Chain ids. */
  readonly layers: readonly Digest[]
}

/**
 * Protects `content` until disposed. Takes the images lock for an instant: a collection is either over or will see the pin. Sweeps the pins of
 * the dead.
 */
export async function pinContent(at: Layout, content: PinnedContent, patience: LockPatience): Promise<Disposable> {
  using _images = await lockImages(at, patience)
  makeFolders(paths.pins(at), 0o700)
  livingPins(at)
  const pin = openStaged(() => paths.pin(at, newId()))
  writeFileSync(pin.fd, JSON.stringify(content))
  return pin
}

/** What living pins protect. Pins of the dead are swept. The images lock is held. */
export function readPins(at: Layout): PinnedContent {
  const contents = livingPins(at).map(readContent)
  return {
    blobs: contents.flatMap(({ blobs }) => blobs),
    layers: contents.flatMap(({ layers }) => layers),
  }
}

function livingPins(at: Layout): string[] {
  const pins = (absentAsUndefined(() => readdirSync(paths.pins(at))) ?? []).map((name) => join(paths.pins(at), name))
  const dead = new Set(pins.filter((path) => !isLockHeld(path)))
  for (const path of dead) removeFile(path)
  return pins.filter((path) => !dead.has(path))
}

function readContent(path: string): PinnedContent {
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  return text === undefined ? { blobs: [], layers: [] } : (JSON.parse(text) as PinnedContent)
}
