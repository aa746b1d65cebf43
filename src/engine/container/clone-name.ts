// The name of a clone that was given none: the original's and "-clone", with a number where that is taken.

import { claimOwner } from '../../state/claim.ts'
import type { ClaimKind, Layout } from '../../state/layout.ts'

/** A clone's clone is no `-clone-clone`. Free at this moment: creation claims it. */
export function freeCloneName(at: Layout, kind: ClaimKind, original: string): string {
  const [, base = original, number] = /^(.*)-clone(\d*)$/.exec(original) ?? []
  const isClone = number !== undefined
  const isFree = (name: string) => claimOwner(at, kind, name) === undefined
  if (!isClone && isFree(`${base}-clone`)) return `${base}-clone`
  for (let next = Number(number ?? 0) + 1; ; next++) {
    if (isFree(`${base}-clone${next}`)) return `${base}-clone${next}`
  }
}
