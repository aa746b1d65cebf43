// What tells a working container from others. Apart, because `ps` asks.

import type { StoredContainer } from '../container/stored-container.ts'

/** An annotation, so that the mark is there from the container's first instant. */
export const workingMark = 'io.gantry.working'

export function isWorking({ stored }: StoredContainer): boolean {
  return stored.spec.annotations[workingMark] !== undefined
}
