// Monitors whose container, or whose own folder, is gone, and that still have something running.

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { libexecFolder } from '../../os/installation.ts'
import { killQuietly } from '../../os/process.ts'
import { type Layout, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkProcesses({ at }: Engine): Problem[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isOrphan(at, Number(name)))
    .map((pid) => ({
      code: 'monitor-orphaned',
      message: `process ${pid} is the monitor of a container that is gone`,
      heal: () => {
        if (!isOrphan(at, Number(pid))) return
        for (const child of childrenOf(Number(pid))) killQuietly(child)
        killQuietly(Number(pid))
      },
    }))
}

/** One that has no children left is about to end, or still serves a slow reader. */
function isOrphan(at: Layout, pid: number): boolean {
  if (readLink(`/proc/${pid}/exe`)?.replace(/ \(deleted\)$/, '') !== join(libexecFolder, 'monitor')) return false
  const folder = readLink(`/proc/${pid}/cwd`)
  if (folder === undefined || !folder.startsWith(`${paths.runContainers(at)}/`)) return false
  const id = folder.slice(paths.runContainers(at).length + 1, paths.runContainers(at).length + 65)
  const isLost = folder.endsWith(' (deleted)') || !existsSync(paths.container(at, id))
  return isLost && childrenOf(pid).some((child) => readLink(`/proc/${child}/exe`) !== readLink(`/proc/${pid}/exe`))
}

function childrenOf(pid: number): number[] {
  const text = readText(`/proc/${pid}/task/${pid}/children`) ?? ''
  return text.split(' ').flatMap((child) => (child === '' ? [] : [Number(child)]))
}

function readText(path: string): string | undefined {
  return quietly(() => readFileSync(path, 'utf8'))
}

function readLink(path: string): string | undefined {
  return quietly(() => readlinkSync(path))
}

/** Processes end while they are looked at, and those of others are not ours to see. */
function quietly(read: () => string): string | undefined {
  try {
    return absentAsUndefined(read)
  } catch (error) {
    if (errnoOf(error) === 'ESRCH' || errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM') return undefined
    throw error
  }
}
