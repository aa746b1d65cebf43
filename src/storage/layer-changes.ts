// What the layers of one image show otherwise than those of another, without mounting either. Nobody writes to unpacked layers.

import { type BigIntStats, lstatSync } from 'node:fs'
import type { WhiteoutStyle } from '../image/whiteout.ts'
import { type Change, isSame, recordChange } from './changes.ts'
import { findInLayers, listInLayers } from './lower-layers.ts'

export interface LayerStacks {
  /** The diff folders of both, highest first. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly style: WhiteoutStyle
}

/** In the order of changesIn. */
export function changesBetween(stacks: LayerStacks): Change[] {
  const walk: Walk = { ...stacks, changes: [], named: new Set() }
  visit(walk, [])
  return walk.changes
}

interface Walk extends LayerStacks {
  readonly changes: Change[]
  readonly named: Set<string>
}

function visit(walk: Walk, folder: readonly string[]): void {
  const { from, to, style } = walk
  const names = new Set([from, to].flatMap((layers) => listInLayers(layers, folder, style)))
  for (const name of [...names].sort()) {
    const path = [...folder, name]
    const [before, after] = [statIn(from, path, style), statIn(to, path, style)]
    const kind = after === undefined ? 'D' : before === undefined ? 'A' : isSame(before, after) ? undefined : 'C'
    if (kind !== undefined) recordChange(walk, kind, path.map(bytesOf))
    if (after?.isDirectory() === true) visit(walk, path)
  }
}

function statIn(layers: readonly string[], path: readonly string[], style: WhiteoutStyle): BigIntStats | undefined {
  const found = findInLayers(layers, path, style)
  return found === undefined ? undefined : lstatSync(found, { bigint: true })
}

/** As changesIn has names. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
