// Waiting for changes in a folder, by inotify. Watch first, look second: a change between the two ends the next wait at once.

import { watch } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

export interface FolderChanges extends Disposable {
  /** Resolves at the first change since the last call, or when the signal fires. */
  next(): Promise<void>
}

export interface WatchOptions {
  readonly signal: AbortSignal
  /** Only what happens to these counts; all unless said. */
  readonly isTelling?: (name: string) => boolean
}

/** Undefined where there is no such folder. One that is moved or removed meanwhile is watched on. */
export function watchFolder(folder: string, { signal, isTelling }: WatchOptions): FolderChanges | undefined {
  let wake: () => void = () => undefined
  let hasChanged = signal.aborted
  const notice = () => {
    hasChanged = true
    wake()
  }
  const watcher = absentAsUndefined(() =>
    watch(folder, (_, name) => {
      if (name === null || isTelling === undefined || isTelling(name)) notice()
    }),
  )
  if (watcher === undefined) return undefined
  watcher.on('error', notice)
  signal.addEventListener('abort', notice)
  return {
    async next() {
      if (!hasChanged) await new Promise<void>((resolve) => (wake = resolve))
      hasChanged = signal.aborted
    },
    [Symbol.dispose]() {
      watcher.close()
      signal.removeEventListener('abort', notice)
    },
  }
}
