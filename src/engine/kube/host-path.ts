// hostPath: what must be there, or is made, of each type.

import { type Stats, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { invalidManifest } from './fields.ts'
import type { HostPathType, VolumeSource } from './read-volume.ts'

type HostPath = Extract<VolumeSource, { kind: 'host-path' }>

/** @throws invalid `manifest-invalid`, in podman's words where it has some */
export function prepareHostPath({ path: said, type }: HostPath): {
  readonly kind: 'bind' | 'device'
  readonly path: string
} {
  // podman's: Kubernetes has no working folder that a path could be relative to.
  const path = resolve(said)
  if (type === 'DirectoryOrCreate') makeFolders(path, 0o755)
  const stat = absentAsUndefined(() => statSync(path))
  if (type === 'FileOrCreate' && stat === undefined) writeFileSync(path, '', { flag: 'a', mode: 0o644 })
  else check({ path, type }, stat)
  return { kind: type === 'CharDevice' || type === 'BlockDevice' ? 'device' : 'bind', path }
}

const kinds: Readonly<
  Record<NonNullable<HostPathType>, { is: (stat: Stats) => boolean; what: string; label: string }>
> = {
  Directory: { is: (stat) => stat.isDirectory(), what: 'directory', label: 'HostPathDirectory' },
  DirectoryOrCreate: { is: (stat) => stat.isDirectory(), what: 'directory', label: 'HostPathDirectory' },
  File: { is: (stat) => stat.isFile(), what: 'file', label: 'HostPathFile' },
  FileOrCreate: { is: (stat) => stat.isFile(), what: 'file', label: 'HostPathFile' },
  Socket: { is: (stat) => stat.isSocket(), what: 'socket', label: 'HostPathSocket' },
  CharDevice: { is: (stat) => stat.isCharacterDevice(), what: 'character device', label: 'HostPathCharDevice' },
  BlockDevice: { is: (stat) => stat.isBlockDevice(), what: 'block device', label: 'HostPathDevice' },
}

function check({ path, type }: Pick<HostPath, 'path' | 'type'>, stat: Stats | undefined): void {
  if (stat === undefined)
    throw invalidManifest(`in parsing HostPath in YAML: faccessat ${path}: no such file or directory`)
  if (type === undefined || kinds[type].is(stat)) return
  throw invalidManifest(`checking ${kinds[type].label}: path ${path} is not a ${kinds[type].what}`)
}
