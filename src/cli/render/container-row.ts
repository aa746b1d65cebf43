// What `ps` says of a container, word by word, as podman puts it.

import { humanDuration } from '../../base/duration.ts'
import { humanSize } from '../../base/size.ts'
import type { ListedContainer } from '../../engine/container/list.ts'
import type { StoredContainer } from '../../engine/container/stored-container.ts'
import { isWorking } from '../../engine/working/is-working.ts'
import { isDocker } from '../dialect.ts'

export function imageName({ stored }: StoredContainer): string {
  const { source } = stored.spec
  if (stored.image !== undefined) return stored.image.name
  return source.kind === 'image' ? source.reference : ''
}

/** Seventeen characters of it, unless all is wanted. */
export function commandText(container: StoredContainer, isWhole: boolean): string {
  const text = commandWords(container).join(' ')
  return isWhole || text.length <= 17 ? text : `${text.slice(0, 17)}...`
}

/** A working container's is whose it is. */
export function commandWords(container: StoredContainer): readonly string[] {
  return isWorking(container) ? ['buildah'] : container.stored.spec.process.command
}

export function stateText(container: StoredContainer): string {
  return isWorking(container) ? 'storage' : container.live.status
}

/** `Up 5 minutes`, `Exited (0) 2 hours ago`, `Created`. */
export function statusText(container: StoredContainer, nowMs = Date.now()): string {
  const { live } = container
  if (live.status === 'running') return `Up ${since(live.startedAt, nowMs)}`
  if (live.status === 'exited') return `Exited (${live.exitCode}) ${since(live.finishedAt, nowMs)} ago`
  return stateText(container).replace(/^./, (letter) => letter.toUpperCase())
}

/** `Up 5 minutes (healthy)`. docker says nothing of those that have ended. */
export function listedStatusText({ container, health, isReady }: ListedContainer): string {
  const text = statusText(container)
  if (health === '' || (isDocker() && container.live.status === 'exited')) return text
  const word = isDocker() && health === 'starting' ? 'health: starting' : health
  return `${text} (${word}${isReady || container.live.status !== 'running' ? '' : ', not ready'})`
}

export function agoText(time: string, nowMs = Date.now()): string {
  return `${since(time, nowMs)} ago`
}

/** `12B (virtual 1.24MB)` */
export function sizeText({ size }: ListedContainer): string {
  if (size === undefined) return ''
  return `${threeDigits(size.writtenBytes)} (virtual ${threeDigits(size.rootBytes)})`
}

function since(time: string, nowMs: number): string {
  return humanDuration((nowMs - Date.parse(time)) * 1e6)
}

function threeDigits(bytes: number): string {
  return humanSize(bytes, 3)
}
