// Who holds which lock, and who waits for it. Looks at the kernel's table only: nobody is disturbed, nothing can block.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { readFlocks } from '../../os/flock-owner.ts'
import { containerFiles, type Layout, paths, volumeFiles } from '../../state/layout.ts'
import { readLockHolder } from '../../state/lock.ts'
import { volumeNames } from '../../volume/volume-store.ts'
import { containerIds } from '../container/find-container.ts'
import type { Engine } from '../engine.ts'

export interface LockInUse {
  /** `container web`, `layer 3f2a…`, `the table of images` */
  readonly label: string
  readonly path: string
  readonly pid: number
  readonly isWaiting: boolean
  /** As its holder wrote it into the file; the program's name where it wrote nothing. */
  readonly command: string
  /** RFC 3339; undefined where nobody wrote it. */
  readonly since: string | undefined
}

/** Sorted by label, holders before those who wait. */
export function locks(engine: Engine): LockInUse[] {
  const flocks = readFlocks()
  const found = lockFiles(engine.at).flatMap(({ label, path }) =>
    flocks.of(path).map(({ pid, isWaiting }) => ({ label, path, pid, isWaiting, ...holderOf(path, pid, isWaiting) })),
  )
  return found.sort((a, b) => a.label.localeCompare(b.label) || Number(a.isWaiting) - Number(b.isWaiting))
}

function holderOf(path: string, pid: number, isWaiting: boolean): Pick<LockInUse, 'command' | 'since'> {
  const written = isWaiting ? undefined : readLockHolder(path)
  if (written?.pid === pid) return { command: `gantry ${written.command}`, since: written.since }
  const name = absentAsUndefined(() => readFileSync(`/proc/${pid}/comm`, 'utf8'))?.trim() ?? ''
  const stat = isWaiting ? undefined : absentAsUndefined(() => statSync(path))
  return { command: name, since: stat?.mtime.toISOString() }
}

interface LockFile {
  readonly label: string
  readonly path: string
}

function lockFiles(at: Layout): LockFile[] {
  const inFolder = (folder: string, label: (name: string) => string) =>
    list(folder).map((name) => ({ label: label(name), path: join(folder, name) }))
  return [
    ...containerIds(at).flatMap((id) => containerLocks(at, id)),
    ...list(paths.containers(at))
      .filter((name) => /^[0-9a-f]{64}\.\d+\.tmp$/.test(name))
      .map((name) => ({
        label: `container ${name.slice(0, 12)}, being made`,
        path: join(paths.containers(at), name, containerFiles.root.lock),
      })),
    ...volumeNames(at).map((name) => ({
      label: `volume ${name}`,
      path: join(paths.volume(at, name), volumeFiles.lock),
    })),
    ...inFolder(paths.locks(at), lockLabel),
    ...inFolder(paths.blobStaging(at), (name) => `staging ${name.slice(0, 12)}${name.replace(/^[^.]*/, '')}`),
    ...inFolder(paths.trash(at), (name) => `trash ${name.slice(0, 20)}`),
  ]
}

function containerLocks(at: Layout, id: string): LockFile[] {
  const name = nameOf(at, id)
  const monitorOf = (folder: string) => join(folder, containerFiles.run.monitorLock)
  const sessions = join(paths.runContainer(at, id), containerFiles.run.exec)
  return [
    { label: `container ${name}`, path: join(paths.container(at, id), containerFiles.root.lock) },
    { label: `monitor of ${name}`, path: monitorOf(paths.runContainer(at, id)) },
    ...list(sessions).flatMap((session) => [
      { label: `exec session ${session.slice(0, 12)} in ${name}`, path: join(sessions, session) },
      { label: `monitor of exec session ${session.slice(0, 12)} in ${name}`, path: monitorOf(join(sessions, session)) },
    ]),
  ]
}

function nameOf(at: Layout, id: string): string {
  try {
    const text = readFileSync(join(paths.container(at, id), containerFiles.root.state), 'utf8')
    return (JSON.parse(text) as { name?: string }).name ?? id.slice(0, 12)
  } catch {
    // Gone, or damaged: its lock may be held all the same.
    return id.slice(0, 12)
  }
}

function lockLabel(name: string): string {
  if (name === 'images') return 'the table of images'
  if (name === 'claims') return 'the table of names'
  if (name === 'secrets') return 'the table of secrets'
  return name.replace(/^layer-([0-9a-f]{12}).*$/, 'layer $1')
}

function list(folder: string): string[] {
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}
