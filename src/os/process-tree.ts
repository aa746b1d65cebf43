// A process and all that it has started, as far as they have not moved to another parent.

import { readdirSync, readFileSync } from 'node:fs'
import { killQuietly, lookQuietly, signalQuietly } from './process.ts'

/** SIGKILL to all of them. Each is stopped before its children are looked for: it starts no more, and they keep their parent. */
export function killTree(pid: number): void {
  const doomed = [pid]
  for (let level = [pid]; level.length > 0; ) {
    for (const one of level) signalQuietly(one, 'SIGSTOP')
    const children = childrenOfAll()
    level = level.flatMap((one) => children.get(one) ?? [])
    doomed.push(...level)
  }
  for (const one of doomed) killQuietly(one)
}

/** Zombies too. */
export function childrenOf(pid: number): number[] {
  return childrenOfAll().get(pid) ?? []
}

function childrenOfAll(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name))
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  return children
}

/** Undefined when it is gone. */
export function parentOf(pid: number): number | undefined {
  const stat = readStat(pid)
  // The second field is the program's name in parentheses, and may hold any character.
  const parent = stat === undefined ? undefined : /^ \S (\d+)/.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1]
  return parent === undefined ? undefined : Number(parent)
}

function readStat(pid: number): string | undefined {
  return lookQuietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
