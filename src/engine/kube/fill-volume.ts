// A volume with files of a manifest's in it, before any container mounts it.

import { chmodSync, chownSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFileSystem, writeNewFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { needsMount, type VolumeRecord } from '../../volume/volume-record.ts'
import { lockVolume, saveVolume, volumeData } from '../../volume/volume-store.ts'
import { makeFolderInRoot, openRoot, pathInRoot, statInRoot } from '../container/root-folder.ts'
import type { Engine } from '../engine.ts'
import { createVolume } from '../volume/create.ts'
import { volumeUnknown } from '../volume/find-volume.ts'

export interface VolumeFile {
  /** Inside, and checked to be so. */
  readonly path: string
  readonly content: Uint8Array
  readonly mode: number
}

export interface FilledVolume {
  readonly name: string
  readonly files: readonly VolumeFile[]
  /** Of the volume's own folder. */
  readonly mode: number
  readonly labels: Readonly<Record<string, string>>
  /** Its files are that group's, which may read them. */
  readonly group?: number
}

/** Anonymous. No container that mounts it first copies into it or takes it for its user's. Durable. @throws already-exists `volume-exists` */
export async function fillVolume(engine: Engine, { name, files, mode, labels, group }: FilledVolume): Promise<void> {
  await createVolume(engine, { name, driver: '', labels, options: {}, isAnonymous: true })
  using locked = await lockVolume(engine.at, name, engine.patience)
  if (locked === undefined) throw volumeUnknown(name)
  const folder = volumeData(engine.at, name)
  if (group !== undefined) chownSync(folder, 0, group)
  chmodSync(folder, mode)
  for (const file of files) {
    const path = join(folder, file.path)
    makeFolders(dirname(path), 0o755)
    writeNewFile(path, file.content, { durable: false })
    if (group !== undefined) chownSync(path, 0, group)
    chmodSync(path, group === undefined ? file.mode : file.mode | 0o040)
  }
  syncFileSystem(folder)
  saveVolume(engine.at, { ...locked.record, copyUp: 'done', needsChown: false })
}

/** fsGroup of a claim: its files are to be that group's, from the top folder down. Made if it is not there; one that must be mounted first is left alone. */
export async function giveToGroup(engine: Engine, name: string, group: number): Promise<void> {
  await inVolume(engine, name, (folder, record) => {
    const { uid, mode } = statSync(folder)
    chownSync(folder, uid, group)
    chmodSync(folder, (mode & 0o7777) | 0o2070)
    if (record.needsChown) saveVolume(engine.at, { ...record, needsChown: false })
  })
}

/** subPath: made where it lacks, as the kubelet does. One of a volume that must be mounted first is not. Links do not lead out. */
export async function makeSubFolder(engine: Engine, name: string, subPath: string): Promise<void> {
  await inVolume(engine, name, (folder) => makeFolderBelow(folder, subPath))
}

/** With the rights of the folder that it lies in. */
export function makeFolderBelow(folder: string, subPath: string): void {
  using root = openRoot(folder)
  if (statInRoot(root, subPath) !== undefined) return
  makeFolderInRoot(root, subPath)
  const made = pathInRoot(root, subPath)
  if (made !== undefined) chmodSync(made, statSync(folder).mode & 0o7777)
}

async function inVolume(
  engine: Engine,
  name: string,
  work: (folder: string, record: VolumeRecord) => void,
): Promise<void> {
  await createVolume(engine, { name, driver: '', labels: {}, options: {} }, { isKept: true })
  using locked = await lockVolume(engine.at, name, engine.patience)
  if (locked !== undefined && !needsMount(locked.record)) work(volumeData(engine.at, name), locked.record)
}
